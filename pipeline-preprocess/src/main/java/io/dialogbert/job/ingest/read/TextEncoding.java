package io.dialogbert.job.ingest.read;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Detects the encoding of Korean and Japanese text from the beginning of a file. */
final class TextEncoding {
  /** Encodings that a file may have by mistake, by the names that converters use. */
  private static final Map<String, Charset> OTHERS = new LinkedHashMap<>();

  static {
    OTHERS.put("CP949 (EUC-KR)", Charset.forName("x-windows-949"));
    OTHERS.put("CP932 (Shift_JIS)", Charset.forName("windows-31j"));
    OTHERS.put("EUC-JP", Charset.forName("EUC-JP"));
  }

  private static final Charset USUAL_HANGUL = Charset.forName("EUC-KR");
  private static final Charset WINDOWS_LATIN = Charset.forName("windows-1252");
  private static final byte ESCAPE = 0x1B;

  private TextEncoding() {}

  /**
   * The encoding of a file that is not UTF-8. Empty if it is UTF-8 apart from broken lines, or if
   * the encoding cannot be determined; then its rows are rejected one by one.
   *
   * @param head the beginning of the file
   * @param length number of valid bytes in {@code head}
   */
  static Optional<String> foreign(byte[] head, int length) {
    if (length >= 2 && ((head[0] & 0xFF) << 8 | (head[1] & 0xFF)) == 0xFEFF) {
      return Optional.of("UTF-16BE");
    }
    if (length >= 2 && ((head[0] & 0xFF) << 8 | (head[1] & 0xFF)) == 0xFFFE) {
      return Optional.of("UTF-16LE");
    }
    int[] zeros = new int[2];
    for (int i = 0; i < length; i++) {
      zeros[i % 2] += head[i] == 0 ? 1 : 0;
    }
    if (zeros[0] + zeros[1] > length / 50) {
      return Optional.of(zeros[0] > zeros[1] ? "UTF-16BE" : "UTF-16LE");
    }
    for (int i = 0; i + 2 < length; i++) {
      if (head[i] == ESCAPE && head[i + 1] == '$' && "@B()".indexOf(head[i + 2]) >= 0) {
        return Optional.of(head[i + 2] == ')' ? "ISO-2022-KR" : "ISO-2022-JP");
      }
    }
    if (!mostLinesAreUtf8(head, length)) {
      return likeliest(head, length);
    }
    return isDoubleEncoded(new String(head, 0, wholeLines(head, length), UTF_8))
        ? Optional.of("UTF-8 that was taken for Latin-1 and encoded once more")
        : Optional.empty();
  }

  /** Whether a text has more letters if its characters are read as bytes. */
  private static boolean isDoubleEncoded(String text) {
    long letters = text.chars().filter(TextEncoding::isHangulOrKana).count();
    return Stream.of(ISO_8859_1, WINDOWS_LATIN)
        .map(latin -> new String(text.getBytes(latin), UTF_8))
        .anyMatch(once -> once.chars().filter(TextEncoding::isHangulOrKana).count() > letters);
  }

  /** Where the last complete line ends. */
  private static int wholeLines(byte[] head, int length) {
    int end = length;
    while (end > 0 && length == head.length && head[end - 1] != '\n') {
      end--;
    }
    return end;
  }

  /** Whether at least half of the non-ASCII lines are UTF-8. */
  private static boolean mostLinesAreUtf8(byte[] head, int length) {
    int good = 0;
    int bad = 0;
    for (int from = 0; from < length; ) {
      int to = from;
      boolean ascii = true;
      while (to < length && head[to] != '\n') {
        ascii &= head[to++] >= 0;
      }
      boolean whole = to < length || length < head.length;
      if (!ascii && whole) {
        if (decode(UTF_8, head, from, to).isPresent()) {
          good++;
        } else {
          bad++;
        }
      }
      from = to + 1;
    }
    return bad <= good;
  }

  /** The encoding in which the text has the most letters of its language, if it has any. */
  private static Optional<String> likeliest(byte[] head, int length) {
    int end = wholeLines(head, length);
    Optional<String> best = Optional.empty();
    long most = 0;
    for (Map.Entry<String, Charset> other : OTHERS.entrySet()) {
      long letters =
          decode(other.getValue(), head, 0, end)
              .map(text -> text.chars().filter(TextEncoding::isUsualHangulOrKana).count())
              .orElse(0L);
      if (letters > most) {
        most = letters;
        best = Optional.of(other.getKey());
      }
    }
    return best;
  }

  /**
   * Rare syllables do not count: Japanese text in other encodings looks like them when read as
   * CP949.
   */
  private static boolean isUsualHangulOrKana(int c) {
    return isHangulOrKana(c) && (c < 0xAC00 || USUAL_HANGUL.newEncoder().canEncode((char) c));
  }

  private static boolean isHangulOrKana(int c) {
    return (c >= 0xAC00 && c <= 0xD7A3) || (c >= 0x3041 && c <= 0x30FE);
  }

  private static Optional<String> decode(Charset charset, byte[] bytes, int from, int to) {
    try {
      return Optional.of(
          charset.newDecoder().decode(ByteBuffer.wrap(bytes, from, to - from)).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }
}
