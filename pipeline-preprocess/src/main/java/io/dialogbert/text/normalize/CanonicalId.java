package io.dialogbert.text.normalize;

import java.text.Normalizer.Form;

/**
 * The one spelling of an id, be it a number or a name, under which it is looked for and becomes a
 * pseudonym. What looks alike is one id:
 *
 * <ul>
 *   <li>Control, format and other invisible characters go: zero-width ones, byte order marks, marks
 *       of direction, variation selectors.
 *   <li>Any white space becomes a space, and none is left at the ends; a line break within stays,
 *       since composed ids are joined by it.
 *   <li>Full-width ASCII and half-width kana and jamo take their usual width.
 *   <li>NFC, so that Hangul and kana that came apart are whole again.
 * </ul>
 *
 * <p>What looks different stays different: letters keep their case, spaces within an id their
 * number, and the other compatible characters of NFKC, such as ² or ①, themselves. An id of nothing
 * but fillers (U+3164 and the like, by which people give themselves a blank name) stays these. A
 * lone surrogate is U+FFFD, as it is in UTF-8. Canonicalizing twice changes nothing.
 */
public final class CanonicalId {
  private static final int REPLACEMENT = 0xFFFD;

  private CanonicalId() {}

  /** The canonical form of {@code id}, empty if nothing is in it; {@code id} itself if it is so. */
  public static String of(String id) {
    if (isPlain(id)) {
      return id;
    }
    StringBuilder visible = new StringBuilder(id.length());
    StringBuilder fillers = new StringBuilder();
    id.codePoints()
        .forEach(
            codePoint -> {
              if (isFiller(codePoint)) {
                fillers.appendCodePoint(codePoint);
              } else {
                append(codePoint, visible);
              }
            });
    String canonical = java.text.Normalizer.normalize(visible, Form.NFC).strip();
    if (canonical.isEmpty()) {
      return fillers.toString();
    }
    return canonical.equals(id) ? id : canonical;
  }

  /** Whether an id is one of those that stay as they are, seen from its characters: nearly all. */
  private static boolean isPlain(String id) {
    for (int i = 0; i < id.length(); i++) {
      char c = id.charAt(i);
      boolean printable = c > ' ' && c < 0x7F;
      boolean hangul = c >= 0xAC00 && c <= 0xD7A3;
      boolean spaceWithin = c == ' ' && i > 0 && i + 1 < id.length();
      if (!printable && !hangul && !spaceWithin) {
        return false;
      }
    }
    return true;
  }

  private static void append(int codePoint, StringBuilder out) {
    boolean separator = codePoint >= 0x1C && codePoint <= 0x1F;
    if (codePoint == '\n') {
      out.append('\n');
    } else if (CodePoints.isSpace(codePoint) && !separator) {
      out.append(' ');
    } else if (codePoint == REPLACEMENT || Character.getType(codePoint) == Character.SURROGATE) {
      out.appendCodePoint(REPLACEMENT);
    } else if (!CodePoints.isInvisible(codePoint)) {
      out.appendCodePoint(CodePoints.usualWidth(codePoint));
    }
  }

  private static boolean isFiller(int codePoint) {
    return codePoint == 0x115F
        || codePoint == 0x1160
        || codePoint == 0x2800
        || codePoint == 0x3164
        || codePoint == 0xFFA0;
  }
}
