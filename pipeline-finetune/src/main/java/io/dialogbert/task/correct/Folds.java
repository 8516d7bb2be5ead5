package io.dialogbert.task.correct;

import io.dialogbert.common.Seeds;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Deals texts to chunks anew in each round. Checker j learns from all chunks but j, j + 1 and so
 * on, of which it is to judge; so as many checkers judge each row as chunks are kept from one, and
 * none of them has seen it, nor any row with the same text.
 *
 * @param numChunks number of chunks, and of checkers
 * @param perRow number of checkers that judge a row, at least 1 and below the number of chunks
 */
public record Folds(int numChunks, int perRow, long seed) implements Serializable {
  public Folds {
    if (perRow < 1 || perRow >= numChunks) {
      throw new IllegalArgumentException(
          "checkers of a row must be 1 to %d, are %d".formatted(numChunks - 1, perRow));
    }
  }

  /** The chunk of a text or pair in a round. */
  public int chunk(int round, int[] first, int[] second) {
    long hash = Seeds.hash(seed, "chunk", round, Arrays.hashCode(first), Arrays.hashCode(second));
    return Math.floorMod(hash, numChunks);
  }

  /** Whether a checker never sees the rows of a chunk, and judges them. */
  public boolean judges(int checker, int chunk) {
    return Math.floorMod(chunk - checker, numChunks) < perRow;
  }

  /** The checkers that judge the rows of a chunk. */
  public List<Integer> judges(int chunk) {
    return IntStream.range(0, numChunks).filter(j -> judges(j, chunk)).boxed().toList();
  }
}
