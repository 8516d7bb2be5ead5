package io.dialogbert.example;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Consecutive turns that form one part of an example, and their token count with separators. */
final class TurnSpan {
  private final List<int[]> turns;
  private final int separatorLength;

  private TurnSpan(List<int[]> turns, int separatorLength) {
    this.turns = turns;
    this.separatorLength = separatorLength;
  }

  /** Turns {@code from} (inclusive) to {@code to} (exclusive), at least one. */
  static TurnSpan of(List<int[]> turns, int from, int to, ExampleConfig config) {
    return new TurnSpan(turns.subList(from, to), config.separatorLength());
  }

  List<int[]> turns() {
    return turns;
  }

  /** Tokens of all turns and the separators between them. */
  int length() {
    int length = (turns.size() - 1) * separatorLength;
    for (int[] turn : turns) {
      length += turn.length;
    }
    return length;
  }

  /**
   * The last {@code limit} tokens. Whole turns are dropped first, then the start of the earliest
   * turn left.
   */
  TurnSpan last(int limit) {
    List<int[]> kept = new ArrayList<>(turns);
    int excess = length() - limit;
    while (excess > 0) {
      int[] first = kept.get(0);
      if (first.length > excess) {
        kept.set(0, Arrays.copyOfRange(first, excess, first.length));
        break;
      }
      kept.remove(0);
      excess -= first.length + separatorLength;
    }
    return new TurnSpan(kept, separatorLength);
  }

  /**
   * The first {@code limit} tokens. Whole turns are dropped first, then the end of the latest turn
   * left.
   */
  TurnSpan first(int limit) {
    List<int[]> kept = new ArrayList<>(turns);
    int excess = length() - limit;
    while (excess > 0) {
      int lastIndex = kept.size() - 1;
      int[] last = kept.get(lastIndex);
      if (last.length > excess) {
        kept.set(lastIndex, Arrays.copyOf(last, last.length - excess));
        break;
      }
      kept.remove(lastIndex);
      excess -= last.length + separatorLength;
    }
    return new TurnSpan(kept, separatorLength);
  }
}
