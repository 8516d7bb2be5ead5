package io.dialogbert.preprocess;

import io.dialogbert.common.Directories;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.io.compress.CompressionCodecFactory;
import org.apache.hadoop.util.LineReader;

/**
 * The lines of a text file on any Hadoop file system, compressed or not (by its name), with their
 * row numbers.
 */
final class LineFile implements Closeable {
  /** A message longer than this is no message; 1 MiB. */
  private static final int MAX_LINE_BYTES = 1 << 20;

  private static final int NEWLINE_BYTES = 2;

  private final LineReader lines;
  private final Text bytes = new Text();
  private long row;
  private boolean tooLong;

  LineFile(Path path, Configuration hadoop) throws IOException {
    InputStream in = new Directories(hadoop).fileSystem(path).open(path);
    CompressionCodec codec = new CompressionCodecFactory(hadoop).getCodec(path);
    lines = new LineReader(codec == null ? in : codec.createInputStream(in), 1 << 16);
  }

  /**
   * Moves to the next line.
   *
   * @return whether there is one
   * @throws IOException if the file cannot be read on, for one because it is torn
   */
  boolean next() throws IOException {
    int consumed = lines.readLine(bytes, MAX_LINE_BYTES);
    tooLong = consumed > MAX_LINE_BYTES + NEWLINE_BYTES;
    row++;
    return consumed > 0;
  }

  /** One-based number of the current line. */
  long row() {
    return row;
  }

  boolean tooLong() {
    return tooLong;
  }

  /** The raw bytes of the current line; valid until the next one. */
  Text bytes() {
    return bytes;
  }

  /** The current line, or nothing if it is not UTF-8. */
  Optional<String> text() {
    try {
      return Optional.of(Text.decode(bytes.getBytes(), 0, bytes.getLength(), false));
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
