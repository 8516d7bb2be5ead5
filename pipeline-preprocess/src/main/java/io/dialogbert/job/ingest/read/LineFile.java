package io.dialogbert.job.ingest.read;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.util.LineReader;

/**
 * The lines of a UTF-8 text file, or those that begin in a byte range of it, with their row
 * numbers. A line ends with LF or CR LF. Byte order marks before a line are skipped; concatenated
 * files have them inside.
 */
public final class LineFile implements Closeable {
  /** 1 MiB; nothing longer is a message. */
  public static final int MAX_LINE_BYTES = 1 << 20;

  private static final int NEWLINE_BYTES = 2;
  private static final int MARK_BYTES = 3;
  private static final int BUFFER_BYTES = 1 << 16;
  private static final char REPLACEMENT = '\uFFFD';

  private final LineReader lines;
  private final long end;
  private final Text bytes = new Text();
  private int from;
  private int length;
  private long position;
  private long row;
  private boolean tooLong;

  /**
   * Opens a part of a file.
   *
   * @throws BadFileException if the text is not UTF-8, its lines end with only CR, or the file is
   *     an archive
   */
  public LineFile(InputPart part, Configuration hadoop) throws IOException, BadFileException {
    boolean compressed = TextFiles.isCompressed(part.path());
    InputStream in = TextFiles.open(part.path(), hadoop, Math.max(0, part.start() - 1));
    lines = new LineReader(in, BUFFER_BYTES, new byte[] {'\n'});
    end = compressed ? Long.MAX_VALUE : part.end();
    row = part.firstRow() - 1;
    if (part.start() > 0) {
      // The line that contains the preceding byte belongs to the previous part.
      position = part.start() - 1 + lines.readLine(bytes, 0);
    }
  }

  /**
   * Moves to the next line.
   *
   * @return whether there is one
   * @throws IOException if the file cannot be read further, for example because it is truncated
   */
  public boolean next() throws IOException {
    if (position >= end) {
      return false;
    }
    int consumed;
    try {
      consumed = lines.readLine(bytes, MAX_LINE_BYTES);
    } catch (RuntimeException e) {
      // Thrown by a decompressor on unexpected data.
      throw new IOException("cannot decompress", e);
    }
    if (consumed == 0) {
      return false;
    }
    from = 0;
    while (isMark(from)) {
      from += MARK_BYTES;
    }
    if (position == 0 && from > 0 && consumed == from) {
      return false;
    }
    position += consumed;
    tooLong = consumed > MAX_LINE_BYTES + NEWLINE_BYTES;
    int to = bytes.getLength();
    // In files that were converted twice, lines end with CR CR LF.
    while (to > from && bytes.getBytes()[to - 1] == '\r') {
      to--;
    }
    length = to - from;
    row++;
    return true;
  }

  private boolean isMark(int at) {
    byte[] b = bytes.getBytes();
    return bytes.getLength() >= at + MARK_BYTES
        && b[at] == (byte) 0xEF
        && b[at + 1] == (byte) 0xBB
        && b[at + 2] == (byte) 0xBF;
  }

  /** One-based number of the current line. */
  public long row() {
    return row;
  }

  /**
   * The current line.
   *
   * @throws RejectedRow if it is too long or not UTF-8
   */
  public String text() throws RejectedRow {
    if (tooLong) {
      throw new RejectedRow("line-too-long", "a line must be at most 1 MiB");
    }
    String text = lenientText();
    if (text.indexOf(REPLACEMENT) >= 0) {
      try {
        return Text.decode(bytes.getBytes(), from, length, false);
      } catch (CharacterCodingException e) {
        throw new RejectedRow("not-utf-8", "a line must be UTF-8");
      }
    }
    return text;
  }

  /** Whether the current line exceeds the limit, so that its end is missing. */
  boolean isTooLong() {
    return tooLong;
  }

  /** Whether the current line contains only spaces. */
  public boolean isBlank() {
    for (int i = from; i < from + length; i++) {
      if (bytes.getBytes()[i] != ' '
          && bytes.getBytes()[i] != '\t'
          && bytes.getBytes()[i] != '\r') {
        return false;
      }
    }
    return !tooLong;
  }

  /** The current line, with U+FFFD for invalid UTF-8, and cut if it is too long. */
  public String lenientText() {
    return new String(bytes.getBytes(), from, length, StandardCharsets.UTF_8);
  }

  /** Digests the bytes of the current line. */
  void digest(MessageDigest digest) {
    digest.update(bytes.getBytes(), from, length);
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
