package io.dialogbert.task;

import io.dialogbert.text.piece.SpecialTokens;
import java.util.List;
import java.util.stream.IntStream;

/** The turns of a context as one text. */
public final class Turns {
  private Turns() {}

  /**
   * Joins turns by {@code [SEPT]}.
   *
   * @param turns token ids of each turn; those without tokens are left out
   */
  public static int[] join(List<int[]> turns) {
    IntStream.Builder ids = IntStream.builder();
    boolean isFirst = true;
    for (int[] turn : turns) {
      if (turn.length > 0) {
        if (!isFirst) {
          ids.add(SpecialTokens.SEPT);
        }
        IntStream.of(turn).forEach(ids);
        isFirst = false;
      }
    }
    return ids.build().toArray();
  }
}
