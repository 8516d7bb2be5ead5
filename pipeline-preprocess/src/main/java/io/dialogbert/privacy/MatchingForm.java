package io.dialogbert.privacy;

/**
 * The form of a text that the rules match against. Full-width ASCII, typographic hyphens, wide
 * spaces, tabs and line breaks become their ASCII character. So do letters typed for a hyphen
 * between digits. Each character maps to one character, so offsets are valid in the original text.
 */
final class MatchingForm {
  private MatchingForm() {}

  /** The matching form of {@code text}; {@code text} itself if nothing changes. */
  static String of(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (isFoldable(text.charAt(i))) {
        return fold(text, i);
      }
    }
    return text;
  }

  private static String fold(String text, int first) {
    char[] folded = text.toCharArray();
    for (int i = first; i < folded.length; i++) {
      char c = folded[i];
      if (c >= '\uFF01' && c <= '\uFF5E') {
        folded[i] = (char) (c - '\uFF01' + '!');
      } else if (isSpace(c)) {
        folded[i] = ' ';
      } else if (isHyphen(c)) {
        folded[i] = '-';
      } else if (isLookalike(c) && i > 0 && isDigit(folded[i - 1]) && isAsciiNext(text, i)) {
        folded[i] = '-';
      }
    }
    return new String(folded);
  }

  private static boolean isFoldable(char c) {
    return c < ' '
        || (c >= '\u00A0'
            && (isSpace(c) || (c >= '\uFF01' && c <= '\uFF5E') || isHyphen(c) || isLookalike(c)));
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

  static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
