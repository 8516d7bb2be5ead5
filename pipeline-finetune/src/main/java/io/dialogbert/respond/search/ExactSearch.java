package io.dialogbert.respond.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * Compares a query with every vector. Vectors are stored in blocks of {@value #LANES}, interleaved:
 * first element 0 of all, then element 1, and so on. So a block's dot products are sums over
 * arrays, which the JVM's compiler vectorizes, and time is bounded by how fast memory is read.
 *
 * <p>A dot product is always summed in the same order, so results do not depend on the number of
 * threads. Letters: N vectors, D their length.
 */
public final class ExactSearch implements VectorSearch {
  private static final int LANES = 256;

  private final int length;
  private final int size;

  /** Each [D, LANES]; unused lanes of the last block are 0. */
  private final List<float[]> blocks;

  private ExactSearch(int length, int size, List<float[]> blocks) {
    this.length = length;
    this.size = size;
    this.blocks = blocks;
  }

  /** Collects vectors, in any order. */
  public static final class Builder {
    private final int length;
    private final int size;
    private final List<float[]> blocks = new ArrayList<>();

    /**
     * Starts with zero vectors.
     *
     * @param length of each vector
     * @param size number of vectors
     */
    public Builder(int length, int size) {
      this.length = length;
      this.size = size;
      for (int row = 0; row < size; row += LANES) {
        blocks.add(new float[length * LANES]);
      }
    }

    /**
     * Copies a vector to a row.
     *
     * @param vector float32 [D]
     * @throws IllegalArgumentException if it has another length
     * @throws IndexOutOfBoundsException if there is no such row
     */
    public void set(int row, float[] vector) {
      requireLength(vector, length);
      Objects.checkIndex(row, size);
      float[] block = blocks.get(row / LANES);
      for (int d = 0; d < length; d++) {
        block[d * LANES + row % LANES] = vector[d];
      }
    }

    public ExactSearch build() {
      return new ExactSearch(length, size, List.copyOf(blocks));
    }
  }

  static void requireLength(float[] vector, int length) {
    if (vector.length != length) {
      throw new IllegalArgumentException(
          "a vector must have length " + length + ", has " + vector.length);
    }
  }

  @Override
  public int size() {
    return size;
  }

  /** A copy of the vector of a row. */
  public float[] vector(int row) {
    float[] vector = new float[length];
    float[] block = blocks.get(row / LANES);
    for (int d = 0; d < length; d++) {
      vector[d] = block[d * LANES + row % LANES];
    }
    return vector;
  }

  /** Several queries cost little more than one, since each block is read from memory once. */
  @Override
  public List<List<Hit>> nearest(List<float[]> queries, int count) {
    queries.forEach(query -> requireLength(query, length));
    int parts = Math.max(1, Math.min(Runtime.getRuntime().availableProcessors(), blocks.size()));
    return IntStream.range(0, parts)
        .parallel()
        .mapToObj(
            part ->
                nearest(
                    queries,
                    count,
                    (int) ((long) blocks.size() * part / parts),
                    (int) ((long) blocks.size() * (part + 1) / parts)))
        .reduce(ExactSearch::join)
        .orElseThrow()
        .stream()
        .map(TopHits::bestFirst)
        .toList();
  }

  private static List<TopHits> join(List<TopHits> some, List<TopHits> others) {
    for (int q = 0; q < some.size(); q++) {
      some.get(q).addAll(others.get(q));
    }
    return some;
  }

  /** The best of some blocks, for each query. */
  private List<TopHits> nearest(List<float[]> queries, int count, int from, int to) {
    List<TopHits> best = queries.stream().map(query -> new TopHits(count)).toList();
    float[] sums = new float[LANES];
    for (int b = from; b < to; b++) {
      int used = Math.min(LANES, size - b * LANES);
      for (int q = 0; q < best.size(); q++) {
        multiply(queries.get(q), blocks.get(b), sums);
        TopHits hits = best.get(q);
        for (int lane = 0; lane < used; lane++) {
          hits.offer(b * LANES + lane, sums[lane]);
        }
      }
    }
    return best;
  }

  /** sums [LANES] = query [D] x block [D, LANES]. */
  private static void multiply(float[] query, float[] block, float[] sums) {
    Arrays.fill(sums, 0);
    for (int d = 0; d < query.length; d++) {
      addScaled(sums, block, d * LANES, query[d]);
    }
  }

  private static void addScaled(float[] sums, float[] block, int from, float factor) {
    for (int lane = 0; lane < LANES; lane++) {
      sums[lane] += factor * block[from + lane];
    }
  }
}
