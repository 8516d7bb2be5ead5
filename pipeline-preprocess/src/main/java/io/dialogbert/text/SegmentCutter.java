package io.dialogbert.text;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Function;

/** Cuts at spaces, around user symbols and at the boundaries that an analyzer finds. */
final class SegmentCutter {
  private static final char ZERO_WIDTH_JOINER = '\u200D';

  private final UserSymbols userSymbols;

  SegmentCutter(List<String> userSymbols) {
    this.userSymbols = new UserSymbols(userSymbols);
  }

  /**
   * Cuts one text.
   *
   * @param boundaries gives the offsets at which a text without user symbols may be cut
   */
  List<Segment> cut(String text, Function<String, BitSet> boundaries) {
    List<Segment> segments = new ArrayList<>();
    userSymbols.visit(
        text,
        (from, to, isSymbol) -> {
          if (isSymbol) {
            segments.add(new Segment(text.substring(from, to), startsWord(text, from), true));
          } else {
            cut(text, from, to, boundaries.apply(text.substring(from, to)), segments);
          }
        });
    return segments;
  }

  private static void cut(
      String text, int from, int to, BitSet boundaries, List<Segment> segments) {
    int start = from;
    for (int i = from; i <= to; i++) {
      boolean space = i < to && text.charAt(i) == ' ';
      boolean ends = space || i == to || (boundaries.get(i - from) && mayCut(text, i));
      if (ends && start < i) {
        segments.add(new Segment(text.substring(start, i), startsWord(text, start), false));
        start = i;
      }
      if (space) {
        start = i + 1;
      }
    }
  }

  /** Whether a cut leaves surrogate pairs, combining marks and joined emoji whole. */
  private static boolean mayCut(String text, int index) {
    if (index == 0 || Character.isLowSurrogate(text.charAt(index))) {
      return false;
    }
    int next = text.codePointAt(index);
    boolean joined = next == ZERO_WIDTH_JOINER || text.charAt(index - 1) == ZERO_WIDTH_JOINER;
    return !joined
        && switch (Character.getType(next)) {
          case Character.NON_SPACING_MARK,
              Character.ENCLOSING_MARK,
              Character.COMBINING_SPACING_MARK ->
              false;
          default -> true;
        };
  }

  private static boolean startsWord(String text, int index) {
    return index == 0 || text.charAt(index - 1) == ' ';
  }
}
