package io.dialogbert.job.ingest.read;

import com.github.luben.zstd.ZstdInputStream;
import io.dialogbert.frame.store.Directories;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.io.compress.CompressionCodecFactory;
import org.tukaani.xz.XZInputStream;

/**
 * Opens text files on any Hadoop file system; a file's name decides its compression: gzip ({@code
 * .gz}), bzip2 ({@code .bz2}), zstd ({@code .zst}) and xz ({@code .xz}) are read in Java, Hadoop's
 * other codecs where their libraries are installed.
 */
public final class TextFiles {
  /**
   * Memory limit for decompression: twice what {@code xz -9} needs, and the most that zstd uses by
   * default.
   */
  static final int MAX_UNPACKING_MIB = 128;

  private static final int ZSTD_WINDOW_LOG = 27;
  private static final int KIB_PER_MIB = 1024;

  /** How much of a text is examined to detect its encoding. */
  private static final int HEAD_BYTES = 1 << 16;

  private static final Pattern ARCHIVE =
      Pattern.compile("\\.(zip|7z|rar|tar|tgz|tbz2?|txz|tzst|tar\\.(gz|bz2|zst|xz))$");

  private static final CompressionCodecFactory CODECS =
      new CompressionCodecFactory(new Configuration());

  private TextFiles() {}

  static boolean isCompressed(String path) {
    String name = name(path);
    return name.endsWith(".zst") || name.endsWith(".xz") || codec(name) != null;
  }

  private static CompressionCodec codec(String name) {
    // A name may contain a colon, but a relative path may not.
    return CODECS.getCodec(new Path("/" + name));
  }

  /** The file name that decides the compression; {@code .GZ} counts as {@code .gz}. */
  private static String name(String path) {
    return new Path(path).getName().toLowerCase(Locale.ROOT);
  }

  /**
   * Opens a UTF-8 file.
   *
   * @param start offset of the first byte; 0 if the file is compressed
   * @throws BadFileException if its beginning is in another encoding or has lines that end with
   *     only CR, or if its name is that of an archive
   */
  public static InputStream open(String path, Configuration hadoop, long start)
      throws IOException, BadFileException {
    if (start > 0) {
      return openPlain(path, hadoop, start);
    }
    if (ARCHIVE.matcher(name(path)).find()) {
      throw new BadFileException(
          BadFileException.ARCHIVE,
          "a file must be one text, compressed or not, and no archive; unpack it");
    }
    InputStream file = openPlain(path, hadoop, 0);
    try {
      return checked(decompressed(path, file));
    } catch (RuntimeException e) {
      file.close();
      throw new IOException("cannot decompress", e);
    } catch (IOException | BadFileException e) {
      file.close();
      throw e;
    }
  }

  /** Opens a file without decompression, at an offset. */
  static InputStream openPlain(String path, Configuration hadoop, long start) throws IOException {
    Path place = new Path(path);
    FSDataInputStream file = new Directories(hadoop).open(place);
    file.seek(start);
    return file;
  }

  private static InputStream decompressed(String path, InputStream file) throws IOException {
    String name = name(path);
    if (name.endsWith(".zst")) {
      // Hadoop's codec needs its native library.
      return new ZstdInputStream(file).setLongMax(ZSTD_WINDOW_LOG);
    }
    if (name.endsWith(".xz")) {
      return new XZInputStream(file, MAX_UNPACKING_MIB * KIB_PER_MIB);
    }
    CompressionCodec codec = codec(name);
    return codec == null ? file : codec.createInputStream(file);
  }

  private static InputStream checked(InputStream in) throws BadFileException {
    byte[] head = new byte[HEAD_BYTES];
    byte[] piece = new byte[HEAD_BYTES];
    int length = 0;
    InputStream rest = in;
    try {
      // Hadoop's bzip2 stream reads only to the beginning of an array.
      for (int n = 0; n >= 0 && length < HEAD_BYTES; n = in.read(piece, 0, HEAD_BYTES - length)) {
        System.arraycopy(piece, 0, head, length, n);
        length += n;
      }
    } catch (IOException e) {
      // Thrown after the complete lines, so that it gets its row; some decompressors would not
      // repeat it.
      rest = new Torn(in, e);
    }
    Optional<String> foreign = TextEncoding.foreign(head, length);
    if (foreign.isPresent()) {
      throw new BadFileException(
          BadFileException.WRONG_ENCODING,
          "a file must be UTF-8, but this one looks like " + foreign.get());
    }
    if (endsLinesWithCr(head, length)) {
      throw new BadFileException(
          BadFileException.WRONG_LINE_ENDS,
          "lines must end with LF or CR LF, but this file's end with CR alone; tr '\\r' '\\n'"
              + " converts it");
    }
    return new SequenceInputStream(new ByteArrayInputStream(head, 0, length), rest);
  }

  /** The rest of a stream that failed. */
  private static final class Torn extends FilterInputStream {
    private final IOException failure;

    Torn(InputStream in, IOException failure) {
      super(in);
      this.failure = failure;
    }

    @Override
    public int read() throws IOException {
      throw failure;
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
      throw failure;
    }
  }

  private static boolean endsLinesWithCr(byte[] head, int length) {
    boolean cr = false;
    for (int i = 0; i < length; i++) {
      if (head[i] == '\n') {
        return false;
      }
      // The byte after a full head is unknown.
      cr |= head[i] == '\r' && i + 1 < head.length;
    }
    return cr;
  }
}
