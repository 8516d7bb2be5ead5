package io.dialogbert.job.ingest.export;

import java.lang.Character.UnicodeScript;
import java.util.Collections;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Shapes of lines of an unknown form, which can be shown without revealing any text. Each run of
 * letters becomes one letter of its script and each digit a 9; other characters stay or become a
 * star.
 */
final class LineShapes {
  /** Enough, since the beginning of a line distinguishes the forms. */
  private static final int MAX_CHARACTERS = 24;

  private static final int MAX_SHAPES = 1_000;

  /** A time near the beginning, as messages have. */
  private static final Pattern TIME =
      Pattern.compile(".{0,40}?\\d{1,2} ?(?:[:：.]|시|時) ?\\d{2}(?!\\d).*", Pattern.DOTALL);

  private final Map<String, Seen> seen = new TreeMap<>();

  private record Seen(long lines, long firstRow) {}

  void add(String line, long row) {
    String shape = of(line);
    if (seen.size() < MAX_SHAPES || seen.containsKey(shape)) {
      seen.merge(shape, new Seen(1, row), (a, b) -> new Seen(a.lines + 1, a.firstRow));
    }
  }

  /** The most frequent shape of the added lines, and where it was first seen. */
  String mostFrequent() {
    Map.Entry<String, Seen> most =
        Collections.max(seen.entrySet(), Comparator.comparingLong(each -> each.getValue().lines));
    return "%d like \"%s\", the first in row %d"
        .formatted(most.getValue().lines, most.getKey(), most.getValue().firstRow);
  }

  /** Whether a line has a time near its beginning. */
  static boolean hasTime(String line) {
    return TIME.matcher(line).matches();
  }

  /** The shape of a line, such as {@code [가] [A 9:99] 가 가}. */
  static String of(String line) {
    StringBuilder shape = new StringBuilder();
    int last = 0;
    for (int i = 0; i < line.length() && shape.length() < MAX_CHARACTERS; ) {
      int c = line.codePointAt(i);
      i += Character.charCount(c);
      int kind = classOf(c);
      boolean letter = Character.isLetter(kind);
      boolean inRun = letter || kind == ' ' || kind == '*' || kind == '-';
      int end = shape.length();
      if (letter && last == ' ' && end > 1 && shape.charAt(end - 2) == kind) {
        // Merges words, since names and texts have any number of them.
        shape.setLength(end - 1);
      } else if (!inRun || kind != last) {
        shape.appendCodePoint(kind);
      }
      last = kind;
    }
    return shape.toString();
  }

  private static int classOf(int c) {
    if (Character.isDigit(c)) {
      return '9';
    }
    if (c == '\t') {
      return '→';
    }
    if (Character.isSpaceChar(c)) {
      return ' ';
    }
    if (Character.isLetter(c)) {
      return switch (UnicodeScript.of(c)) {
        case HANGUL -> '가';
        case HAN, HIRAGANA, KATAKANA -> 'あ';
        default -> 'A';
      };
    }
    return c > ' ' && c < 0x7F ? c : '*';
  }
}
