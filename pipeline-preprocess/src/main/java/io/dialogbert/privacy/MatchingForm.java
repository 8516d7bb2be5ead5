package io.dialogbert.privacy;

/**
 * The form of a text that the rules match against. Full-width ASCII, typographic hyphens, wide
 * spaces, tabs and line breaks become their ASCII character. So do letters and dots typed for a
 * hyphen between digits; other small dots become {@code \u00B7}. Each character maps to one
 * character, so offsets are valid in the original text.
 */
final class MatchingForm {
  /** The form of a character depends on at most this many characters on either side. */
  static final int REACH = 3;

  private static final char MIDDLE_DOT = '\u00B7';

  /** Dots of the Korean and Japanese keyboards and of symbol lists, all shown alike. */
  private static final String SMALL_DOTS = "\u318D\u119E\u2022\u2219\u2027\u22C5\u25E6\uFF65";

  /** Between digits these are typed for a hyphen, too; elsewhere they have other uses. */
  private static final String OTHER_DOTS = "\u00B7\u30FB\u25CF";

  private static final boolean[] FOLDABLE = new boolean[Character.MAX_VALUE + 1];

  static {
    for (char c = 0; c < Character.MAX_VALUE; c++) {
      FOLDABLE[c] =
          isSpace(c)
              || (c >= '\uFF01' && c <= '\uFF5E')
              || isHyphen(c)
              || isLookalike(c)
              || isSmallDot(c)
              || OTHER_DOTS.indexOf(c) >= 0;
    }
  }

  private MatchingForm() {}

  /** The matching form of {@code text}; {@code text} itself if nothing changes. */
  static String of(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (FOLDABLE[text.charAt(i)]) {
        return fold(text, i);
      }
    }
    return text;
  }

  private static String fold(String text, int first) {
    char[] folded = text.toCharArray();
    for (int i = first; i < folded.length; i++) {
      char c = folded[i];
      if (!FOLDABLE[c]) {
        continue;
      }
      if (c >= '\uFF01' && c <= '\uFF5E') {
        folded[i] = (char) (c - '\uFF01' + '!');
      } else if (isSpace(c)) {
        folded[i] = ' ';
      } else if (isHyphen(c)) {
        folded[i] = '-';
      } else if (!isLookalike(c)) {
        folded[i] = isBetweenDigits(text, i) ? '-' : isSmallDot(c) ? MIDDLE_DOT : c;
      } else if (i > 0 && isDigit(folded[i - 1]) && isAsciiNext(text, i)) {
        folded[i] = '-';
      }
    }
    return new String(folded);
  }

  private static boolean isSpace(char c) {
    return c < ' '
        || c == '\u3000'
        || c == '\u00A0'
        || (c >= '\u2000' && c <= '\u200A')
        || c == '\u202F'
        || c == '\u2028';
  }

  private static boolean isHyphen(char c) {
    return (c >= '\u2010' && c <= '\u2015') || c == '\u2212' || c == '\uFE63' || c == '\u2043';
  }

  /**
   * Letters that users type for a hyphen: the long vowel marks, the Korean vowel eu and the kanji
   * for one.
   */
  private static boolean isLookalike(char c) {
    return c == '\u30FC' || c == '\uFF70' || c == '\u3161' || c == '\u1173' || c == '\u4E00';
  }

  /** After a digit, such a letter continues as a hyphen only if no word follows it. */
  private static boolean isAsciiNext(String text, int i) {
    if (i + 1 == text.length()) {
      return false;
    }
    char next = text.charAt(i + 1);
    return next < '\u0080' || (next >= '\uFF01' && next <= '\uFF5E') || isSpace(next);
  }

  private static boolean isSmallDot(char c) {
    return SMALL_DOTS.indexOf(c) >= 0;
  }

  /**
   * Whether a dot separates numbers, with or without spaces beside it, of which one has two digits
   * or more: in 1·2·3 it lists.
   */
  private static boolean isBetweenDigits(String text, int i) {
    int before = isBlank(text, i - 1) ? i - 2 : i - 1;
    int after = isBlank(text, i + 1) ? i + 2 : i + 1;
    return isWideDigit(text, before)
        && isWideDigit(text, after)
        && (isWideDigit(text, before - 1) || isWideDigit(text, after + 1));
  }

  private static boolean isBlank(String text, int i) {
    return i >= 0 && i < text.length() && (text.charAt(i) == ' ' || isSpace(text.charAt(i)));
  }

  private static boolean isWideDigit(String text, int i) {
    char c = i >= 0 && i < text.length() ? text.charAt(i) : ' ';
    return isDigit(c) || (c >= '\uFF10' && c <= '\uFF19');
  }

  static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
