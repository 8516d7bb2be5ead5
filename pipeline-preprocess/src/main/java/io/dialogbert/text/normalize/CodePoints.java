package io.dialogbert.text.normalize;

import java.text.Normalizer.Form;

/** The classes of single code points that {@link Normalizer} and {@link CanonicalId} use. */
public final class CodePoints {
  /** Stands for a code point that is removed. */
  static final int REMOVED = -1;

  private static final char BLOCK_MARK = '\u2581';
  private static final char WAVE_DASH = '\u301C';
  private static final char FIRST_FOLDED = '\uFF01';
  private static final char[] FOLDED = foldedForms();

  private CodePoints() {}

  /** What a single code point becomes; {@link #REMOVED} if it is removed. */
  static int fold(int codePoint) {
    if (isSpace(codePoint)) {
      return ' ';
    }
    if (codePoint < 0x7F) {
      return codePoint < ' ' ? REMOVED : codePoint;
    }
    if (codePoint >= 0xAC00 && codePoint <= 0xD7A3) {
      return codePoint;
    }
    if (codePoint == BLOCK_MARK) {
      return '_';
    }
    if (codePoint == WAVE_DASH) {
      return '~';
    }
    int folded = usualWidth(codePoint);
    return folded == 0 || isInvisible(folded) ? REMOVED : folded;
  }

  /** The usual-width form of full-width ASCII and half-width kana and jamo; 0 for a filler. */
  static int usualWidth(int codePoint) {
    return codePoint >= FIRST_FOLDED && codePoint < FIRST_FOLDED + FOLDED.length
        ? FOLDED[codePoint - FIRST_FOLDED]
        : codePoint;
  }

  /** Whether a code point is white space or looks like it. */
  static boolean isSpace(int codePoint) {
    boolean blankPatternOrNextLine = codePoint == 0x2800 || codePoint == 0x85;
    return Character.isWhitespace(codePoint)
        || Character.isSpaceChar(codePoint)
        || blankPatternOrNextLine;
  }

  /** Whether a code point on its own is invisible. */
  static boolean isInvisible(int codePoint) {
    boolean hangulFiller = codePoint == 0x115F || codePoint == 0x1160 || codePoint == 0x3164;
    boolean variationSelector =
        (codePoint >= 0xFE00 && codePoint <= 0xFE0F)
            || (codePoint >= 0xE0100 && codePoint <= 0xE01EF)
            || (codePoint >= 0x180B && codePoint <= 0x180F);
    boolean graphemeJoiner = codePoint == 0x034F;
    boolean noncharacter =
        (codePoint & 0xFFFE) == 0xFFFE || (codePoint >= 0xFDD0 && codePoint <= 0xFDEF);
    boolean replacementCharacter = codePoint == 0xFFFD;
    if (hangulFiller
        || variationSelector
        || graphemeJoiner
        || noncharacter
        || replacementCharacter) {
      return true;
    }
    int type = Character.getType(codePoint);
    return type == Character.CONTROL || type == Character.FORMAT || type == Character.SURROGATE;
  }

  /** Whether a code point belongs to the preceding character. */
  public static boolean isMark(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.COMBINING_SPACING_MARK ->
          true;
      default -> false;
    };
  }

  /** Includes unassigned code points of the emoji planes, for emoji newer than Java 17. */
  static boolean isEmojiPart(int codePoint) {
    return (codePoint >= 0x1F000 && codePoint <= 0x1FAFF)
        || (codePoint >= 0x2190 && codePoint <= 0x21FF)
        || (codePoint >= 0 && Character.getType(codePoint) == Character.OTHER_SYMBOL);
  }

  /** Whether a single code point is known to be in NFC; covers nearly all of a chat. */
  static boolean isComposed(int codePoint) {
    return codePoint < 0x300
        || (codePoint >= 0xAC00 && codePoint <= 0xD7A3)
        || (codePoint >= 0x3041 && codePoint <= 0x9FFF);
  }

  /** Whether NFC may join a code point with the preceding one. */
  static boolean composesWithPrevious(int codePoint) {
    if (codePoint < 0x300 || (codePoint >= 0xAC00 && codePoint <= 0xD7A3)) {
      return false;
    }
    boolean vowelOrFinal = codePoint >= 0x1160 && codePoint <= 0x11FF;
    return vowelOrFinal || isMark(codePoint);
  }

  /** The usual-width form of U+FF01 to U+FFEE; 0 where nothing visible is left. */
  private static char[] foldedForms() {
    char[] forms = new char[0xFFEE - FIRST_FOLDED + 1];
    for (int i = 0; i < forms.length; i++) {
      char wide = (char) (FIRST_FOLDED + i);
      forms[i] = java.text.Normalizer.normalize(String.valueOf(wide), Form.NFKC).charAt(0);
    }
    char macron = '\u00AF';
    forms['\uFFE3' - FIRST_FOLDED] = macron;
    char halfWidthFiller = '\uFFA0';
    forms[halfWidthFiller - FIRST_FOLDED] = 0;
    // Half-width jamo are in the usual order, with unassigned gaps.
    char jamo = '\u3131';
    for (char c = '\uFFA1'; c <= '\uFFDC'; c++) {
      if (Character.isLetter(c)) {
        forms[c - FIRST_FOLDED] = jamo++;
      }
    }
    return forms;
  }
}
