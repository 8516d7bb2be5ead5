package io.dialogbert.text.normalize;

import java.io.Serializable;
import java.text.Normalizer.Form;
import java.util.Arrays;

/**
 * Brings messages into one spelling before tokenization.
 *
 * <ul>
 *   <li>Lone surrogates, control, format and other invisible characters are removed. A zero-width
 *       joiner stays between two parts of an emoji.
 *   <li>Full-width ASCII and half-width kana and jamo take their usual width. NFKC would do this
 *       too, but it turns the jamo of ㅋㅋ and ㅠㅠ into conjoining ones, so this class has its own
 *       folding.
 *   <li>The wave dash becomes {@code ~}, since Japanese keyboards produce either. U+2581 becomes
 *       {@code _}, since SentencePiece marks spaces with U+2581.
 *   <li>NFC. If a character has more than 30 marks, the first 30 stay: as many as text processes
 *       must support (Unicode Standard Annex 15, section 13). Sorting more takes time quadratic in
 *       their number.
 *   <li>Any white space becomes one space; none is left at the ends.
 *   <li>A run of one character or of one pair of characters (ㅋㅋㅋㅋ, !!!!, ㅋㅎㅋㅎㅋㅎ) is cut to {@code
 *       maxRepeats} repetitions. Runs with a digit are kept: 10000 is not 100.
 * </ul>
 *
 * <p>Normalizing twice gives the same text as normalizing once.
 *
 * @param maxRepeats longest run kept, in repetitions, at least 1
 * @param lowerCase whether letters become lower-case (uncased), except in placeholders such as
 *     {@code [PHONE]}; Hangul is never decomposed
 */
public record Normalizer(int maxRepeats, boolean lowerCase) implements Serializable {
  private static final int ZERO_WIDTH_JOINER = 0x200D;
  private static final int MAX_MARKS = 30;

  /** Checks the range. */
  public Normalizer {
    if (maxRepeats < 1) {
      throw new IllegalArgumentException("maxRepeats must be at least 1, but was " + maxRepeats);
    }
  }

  /**
   * Normalizes one message.
   *
   * @param text any text, well-formed or not
   * @return the normalized text, empty if nothing visible is left
   */
  public String normalize(String text) {
    return isNormal(text) ? text : joinRuns(compose(folded(text))).text();
  }

  /**
   * Whether each character of a text shows that the text is already normal. Most messages are, and
   * need no copies.
   */
  private boolean isNormal(String text) {
    int length = text.length();
    int sameAsLast = 0;
    int sameAsOneBefore = 0;
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c == ' ') {
        if (i == 0 || i + 1 == length || text.charAt(i - 1) == ' ') {
          return false;
        }
      } else if (!staysAsItIs(c)) {
        return false;
      }
      sameAsLast = i > 0 && c == text.charAt(i - 1) ? sameAsLast + 1 : 0;
      sameAsOneBefore = i > 1 && c == text.charAt(i - 2) ? sameAsOneBefore + 1 : 0;
      if (sameAsLast >= maxRepeats || sameAsOneBefore >= 2L * maxRepeats) {
        return false;
      }
    }
    return true;
  }

  private boolean staysAsItIs(char c) {
    if (c < 0x7F) {
      return c > ' ' && !(lowerCase && isCapital(c));
    }
    boolean hangul = (c >= 0xAC00 && c <= 0xD7A3) || (c >= 0x3131 && c <= 0x3163);
    boolean kana = (c >= 0x3041 && c <= 0x3096) || (c >= 0x30A1 && c <= 0x30FC);
    return hangul || kana || (c >= 0x4E00 && c <= 0x9FFF) || c == 0x3001 || c == 0x3002;
  }

  /** Normalizes one message and keeps track of where each character came from. */
  public AlignedText align(String text) {
    return joinRuns(compose(folded(text))).aligned();
  }

  /** Code points, each with the span of the original that it stands for. */
  private static final class Units {
    private int[] codePoints;
    private int[] starts;
    private int[] ends;
    private int size;

    Units(int capacity) {
      codePoints = new int[capacity];
      starts = new int[capacity];
      ends = new int[capacity];
    }

    void add(int codePoint, int start, int end) {
      if (size == codePoints.length) {
        // Composing lengthens a few code points, such as U+0344.
        codePoints = Arrays.copyOf(codePoints, size * 2 + 2);
        starts = Arrays.copyOf(starts, size * 2 + 2);
        ends = Arrays.copyOf(ends, size * 2 + 2);
      }
      codePoints[size] = codePoint;
      starts[size] = start;
      ends[size++] = end;
    }

    /** Removes the last ones. The new last one then also stands for them. */
    void dropLast(int number) {
      size -= number;
      if (size > 0) {
        ends[size - 1] = ends[size + number - 1];
      }
    }

    String text() {
      return new String(codePoints, 0, size);
    }

    AlignedText aligned() {
      String text = text();
      int[] unitStarts = new int[text.length()];
      int[] unitEnds = new int[text.length()];
      int unit = 0;
      for (int i = 0; i < size; i++) {
        for (int n = Character.charCount(codePoints[i]); n > 0; n--) {
          unitStarts[unit] = starts[i];
          unitEnds[unit++] = ends[i];
        }
      }
      return new AlignedText(text, unitStarts, unitEnds);
    }
  }

  private Units folded(String text) {
    Units units = visible(text);
    if (lowerCase) {
      for (int i = 0; i < units.size; ) {
        int end = endOfPlaceholder(units, i);
        if (end == i) {
          units.codePoints[i] = Character.toLowerCase(units.codePoints[i]);
          end++;
        }
        i = end;
      }
    }
    return units;
  }

  /**
   * Where a name in capitals between square brackets ends, or {@code start} if none starts there.
   */
  private static int endOfPlaceholder(Units units, int start) {
    int i = start + 1;
    while (units.codePoints[start] == '[' && i < units.size && isCapital(units.codePoints[i])) {
      i++;
    }
    return i > start + 1 && i < units.size && units.codePoints[i] == ']' ? i + 1 : start;
  }

  private static boolean isCapital(int codePoint) {
    return (codePoint >= 'A' && codePoint <= 'Z')
        || (codePoint >= '0' && codePoint <= '9')
        || codePoint == '_';
  }

  private static Units visible(String text) {
    Units out = new Units(text.length());
    int last = CodePoints.REMOVED;
    for (int i = 0; i < text.length(); ) {
      int start = i;
      int codePoint = text.codePointAt(i);
      i += Character.charCount(codePoint);
      int kept = CodePoints.fold(codePoint);
      if (codePoint == ZERO_WIDTH_JOINER
          && CodePoints.isEmojiPart(last)
          && i < text.length()
          && CodePoints.isEmojiPart(CodePoints.fold(text.codePointAt(i)))) {
        kept = codePoint;
      }
      if (kept != CodePoints.REMOVED) {
        out.add(kept, start, i);
        last = kept;
      }
    }
    return out;
  }

  /**
   * Applies NFC to each starter with its marks in turn. Only marks and Hangul vowels and finals
   * compose with what precedes them, so the whole is composed once its parts are.
   */
  private static Units compose(Units in) {
    Units out = new Units(in.size);
    for (int from = 0; from < in.size; ) {
      int to = from + 1;
      while (to < in.size && CodePoints.composesWithPrevious(in.codePoints[to])) {
        to++;
      }
      int first = in.codePoints[from];
      if (to == from + 1 && CodePoints.isComposed(first)) {
        out.add(first, in.starts[from], in.ends[from]);
      } else {
        String part = new String(in.codePoints, from, to - from);
        // One mark can become two.
        String composed = firstMarks(java.text.Normalizer.normalize(firstMarks(part), Form.NFC));
        if (composed.equals(part)) {
          for (int i = from; i < to; i++) {
            out.add(in.codePoints[i], in.starts[i], in.ends[i]);
          }
        } else {
          int start = in.starts[from];
          int end = in.ends[to - 1];
          composed.codePoints().forEach(codePoint -> out.add(codePoint, start, end));
        }
      }
      from = to;
    }
    return out;
  }

  private static String firstMarks(String part) {
    if (part.length() <= MAX_MARKS) {
      return part;
    }
    StringBuilder kept = new StringBuilder();
    int numMarks = 0;
    for (int i = 0; i < part.length(); i += Character.charCount(part.codePointAt(i))) {
      int codePoint = part.codePointAt(i);
      numMarks += CodePoints.isMark(codePoint) ? 1 : 0;
      if (numMarks <= MAX_MARKS || !CodePoints.isMark(codePoint)) {
        kept.appendCodePoint(codePoint);
      }
    }
    return kept.toString();
  }

  /**
   * Joins spaces and cuts runs while copying. The copy never holds a run that is too long, so a
   * second pass has nothing to cut.
   */
  private Units joinRuns(Units in) {
    Units kept = new Units(in.size);
    for (int i = 0; i < in.size; i++) {
      int codePoint = in.codePoints[i];
      if (CodePoints.isSpace(codePoint)) {
        if (kept.size == 0 || kept.codePoints[kept.size - 1] == ' ') {
          continue;
        }
        codePoint = ' ';
      }
      kept.add(codePoint, in.starts[i], in.ends[i]);
      if (endsInLongRun(kept.codePoints, kept.size, 1)) {
        kept.dropLast(1);
      } else if (endsInLongRun(kept.codePoints, kept.size, 2)) {
        kept.dropLast(2);
      }
    }
    if (kept.size > 0 && kept.codePoints[kept.size - 1] == ' ') {
      kept.size--;
    }
    return kept;
  }

  /** Whether the last units, each {@code unit} code points long, repeat more than allowed. */
  private boolean endsInLongRun(int[] text, int size, int unit) {
    int run = unit * (maxRepeats + 1);
    if (size < run
        || !Arrays.equals(text, size - run, size - unit, text, size - run + unit, size)) {
      return false;
    }
    for (int i = size - unit; i < size; i++) {
      if (Character.isDigit(text[i])) {
        return false;
      }
    }
    return true;
  }
}
