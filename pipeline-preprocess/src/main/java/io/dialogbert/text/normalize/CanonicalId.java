package io.dialogbert.text.normalize;

import java.text.Normalizer.Form;

/**
 * The canonical spelling of an id, a number or a name, used for lookup and for pseudonyms. Ids that
 * look alike become one id:
 *
 * <ul>
 *   <li>Control, format and other invisible characters are removed: zero-width ones, byte order
 *       marks, direction marks, variation selectors.
 *   <li>Any white space becomes a space, and none is left at the ends. A line break inside stays,
 *       since it joins the parts of composed ids.
 *   <li>Full-width ASCII and half-width kana and jamo take their usual width.
 *   <li>NFC, so that decomposed Hangul and kana are composed again.
 * </ul>
 *
 * <p>Ids that look different stay different. Letters keep their case, and spaces within an id their
 * number. The other compatibility characters of NFKC, such as ² or ①, stay as they are. An id of
 * nothing but fillers (U+3164 and the like, which people use as a blank name) also stays. A lone
 * surrogate becomes U+FFFD, as in UTF-8. Canonicalizing twice changes nothing.
 */
public final class CanonicalId {
  private static final int REPLACEMENT = 0xFFFD;

  private CanonicalId() {}

  /**
   * The canonical form of {@code id}, empty if nothing is left of it. Returns {@code id} itself if
   * it is canonical.
   */
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

  /** Whether the characters of an id show that it stays as it is; nearly all do. */
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
