package io.dialogbert.bench;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** How our morphemes differ from MeCab's, message by message. */
final class MorphemeDifferences {
  /** The kind of text between two places where both sides cut. */
  enum Kind {
    MARK("a combining mark, which we never cut off"),
    NOT_HANGUL("letters, jamo or symbols, grouped otherwise"),
    ONE_HERE("one morpheme here, several there"),
    ONE_THERE("several morphemes here, one there"),
    SHIFTED("several on both sides, cut at other places");

    private final String text;

    Kind(String text) {
      this.text = text;
    }
  }

  private final Map<Kind, Integer> kinds = new EnumMap<>(Kind.class);
  private int numMessages;
  private int numSame;

  /** Compares the marked morphemes of one message. */
  void add(List<String> ours, List<String> theirs) {
    numMessages++;
    if (ours.equals(theirs)) {
      numSame++;
      return;
    }
    if (!String.join("", ours).equals(String.join("", theirs))) {
      // Training skips very long segments, such as a letter with hundreds of marks.
      kinds.merge(Kind.MARK, 1, Integer::sum);
      return;
    }
    int i = 0;
    int j = 0;
    while (i < ours.size() && j < theirs.size()) {
      int ourStart = i;
      int theirStart = j;
      StringBuilder our = new StringBuilder(ours.get(i++));
      StringBuilder their = new StringBuilder(theirs.get(j++));
      while (our.length() != their.length()) {
        if (our.length() < their.length()) {
          our.append(ours.get(i++));
        } else {
          their.append(theirs.get(j++));
        }
      }
      if (i - ourStart > 1 || j - theirStart > 1) {
        kinds.merge(kind(our, i - ourStart, j - theirStart), 1, Integer::sum);
      }
    }
  }

  private static Kind kind(CharSequence stretch, int numOurs, int numTheirs) {
    if (stretch.codePoints().anyMatch(MorphemeDifferences::isMark)) {
      return Kind.MARK;
    }
    if (stretch.chars().noneMatch(c -> c >= '가' && c <= '힣')) {
      return Kind.NOT_HANGUL;
    }
    if (numOurs == 1) {
      return Kind.ONE_HERE;
    }
    return numTheirs == 1 ? Kind.ONE_THERE : Kind.SHIFTED;
  }

  private static boolean isMark(int codePoint) {
    return Character.getType(codePoint) == Character.NON_SPACING_MARK;
  }

  /** Percentage of messages that both sides segment in the same way. */
  double sameInPercent() {
    return 100.0 * numSame / numMessages;
  }

  void print() {
    System.out.printf("%n%d of %d messages differ%n", numMessages - numSame, numMessages);
    kinds.forEach((kind, count) -> System.out.printf("%8d x %s%n", count, kind.text));
  }
}
