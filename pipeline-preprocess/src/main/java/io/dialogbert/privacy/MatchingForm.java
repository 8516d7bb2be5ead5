package io.dialogbert.privacy;

/**
 * The form of a text that the rules are matched against: full-width ASCII, typographic hyphens and
 * wide spaces become their ASCII character. One character stays one character, so offsets hold in
 * the text itself.
 */
final class MatchingForm {
  private MatchingForm() {}

  /** The matching form of {@code text}; {@code text} itself where nothing changes. */
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
      } else if (c == '\u3000' || c == '\u00A0') {
        folded[i] = ' ';
      } else if (isHyphen(c)) {
        folded[i] = '-';
      } else if (isLongVowelMark(c) && i > 0 && isDigit(folded[i - 1])) {
        // Typed for a hyphen with a Japanese keyboard; elsewhere it is a letter.
        folded[i] = '-';
      }
    }
    return new String(folded);
  }

  private static boolean isFoldable(char c) {
    return c >= '\u00A0'
        && (c == '\u00A0'
            || c == '\u3000'
            || (c >= '\uFF01' && c <= '\uFF5E')
            || isHyphen(c)
            || isLongVowelMark(c));
  }

  private static boolean isHyphen(char c) {
    return (c >= '\u2010' && c <= '\u2015') || c == '\u2212';
  }

  private static boolean isLongVowelMark(char c) {
    return c == '\u30FC' || c == '\uFF70';
  }

  static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
