package io.dialogbert.train.run;

import io.dialogbert.common.BadInputException;
import io.dialogbert.frame.store.Directories;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.zip.CRC32;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;
import org.bytedeco.javacpp.indexer.HalfIndexer;

/** Files of little-endian floats below a run's directory. Holds at most one block in memory. */
public final class PieceFiles {
  /** Floats in a block. */
  public static final int BLOCK = 1 << 18;

  /**
   * Buffer of a file being written; Hadoop's default of 4 KiB takes one and a half times the work.
   */
  private static final int BUFFER_BYTES = 1 << 16;

  /** How a float is stored. */
  public enum Format {
    FLOAT32(Float.BYTES),
    /** IEEE 754 half precision: 11 bits, down to 6e-8. */
    FLOAT16(Short.BYTES);

    public final int bytes;

    Format(int bytes) {
      this.bytes = bytes;
    }
  }

  /** Supplies {@code length} values, starting at element {@code from}. */
  @FunctionalInterface
  public interface Source {
    void read(long from, float[] target, int length) throws IOException;
  }

  /** Receives {@code length} values, starting at element {@code from}. */
  @FunctionalInterface
  public interface Sink {
    void write(long from, float[] source, int length) throws IOException;
  }

  private final Directories directories;
  private final Path root;

  public PieceFiles(Configuration hadoop, String root) {
    this.directories = new Directories(hadoop);
    this.root = new Path(root);
  }

  private Path path(String file) {
    return new Path(root, file);
  }

  /** Writes elements {@code from} to {@code from + length}. */
  public VectorPiece write(String file, long from, long length, Format format, Source source)
      throws IOException {
    float[] values = new float[BLOCK];
    ByteBuffer bytes = ByteBuffer.allocate(BLOCK * format.bytes).order(ByteOrder.LITTLE_ENDIAN);
    CRC32 crc = new CRC32();
    try (OutputStream out = directories.fileSystem(root).create(path(file), true, BUFFER_BYTES)) {
      for (long done = 0; done < length; done += BLOCK) {
        int count = (int) Math.min(BLOCK, length - done);
        source.read(from + done, values, count);
        encode(values, count, format, bytes);
        crc.update(bytes.array(), 0, count * format.bytes);
        out.write(bytes.array(), 0, count * format.bytes);
      }
    }
    return new VectorPiece(file, from, length, crc.getValue());
  }

  private static void encode(float[] values, int count, Format format, ByteBuffer bytes) {
    if (format == Format.FLOAT32) {
      bytes.clear().asFloatBuffer().put(values, 0, count);
      return;
    }
    for (int i = 0; i < count; i++) {
      bytes.putShort(i * Short.BYTES, (short) HalfIndexer.fromFloat(values[i]));
    }
  }

  private static void decode(ByteBuffer bytes, int count, Format format, float[] values) {
    if (format == Format.FLOAT32) {
      bytes.clear().asFloatBuffer().get(values, 0, count);
      return;
    }
    for (int i = 0; i < count; i++) {
      values[i] = HalfIndexer.toFloat(bytes.getShort(i * Short.BYTES) & 0xffff);
    }
  }

  /**
   * Reads whole pieces, in order.
   *
   * @throws BadInputException if a piece is missing, too short, or not what was written
   */
  public void read(List<VectorPiece> pieces, Sink sink) throws IOException {
    for (VectorPiece piece : pieces) {
      CRC32 crc = new CRC32();
      try (FSDataInputStream in = open(piece.file())) {
        read(in, piece.from(), piece.length(), Format.FLOAT32, crc, sink);
      } catch (EOFException e) {
        throw tooShort(piece, e);
      }
      if (crc.getValue() != piece.crc32()) {
        throw new BadInputException("state is torn: " + path(piece.file()) + " has another CRC-32");
      }
    }
  }

  private BadInputException tooShort(VectorPiece piece, EOFException cause) {
    return new BadInputException("state is torn: " + path(piece.file()) + " ends too early", cause);
  }

  /** Reads a part of a piece, without checking its CRC-32. */
  public void read(VectorPiece piece, long from, long length, Format format, Sink sink)
      throws IOException {
    try (FSDataInputStream in = open(piece.file())) {
      in.seek((from - piece.from()) * format.bytes);
      read(in, from, length, format, new CRC32(), sink);
    } catch (EOFException e) {
      throw tooShort(piece, e);
    }
  }

  private FSDataInputStream open(String file) throws IOException {
    try {
      return directories.fileSystem(root).open(path(file));
    } catch (FileNotFoundException e) {
      throw new BadInputException(
          "state is torn: "
              + path(file)
              + " is missing; training.checkpoints must be on a file system that all workers see",
          e);
    }
  }

  private static void read(
      InputStream in, long from, long length, Format format, CRC32 crc, Sink sink)
      throws IOException {
    float[] values = new float[BLOCK];
    ByteBuffer bytes = ByteBuffer.allocate(BLOCK * format.bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (long done = 0; done < length; done += BLOCK) {
      int count = (int) Math.min(BLOCK, length - done);
      int wanted = count * format.bytes;
      if (in.readNBytes(bytes.array(), 0, wanted) < wanted) {
        throw new EOFException();
      }
      crc.update(bytes.array(), 0, wanted);
      decode(bytes, count, format, values);
      sink.write(from + done, values, count);
    }
  }
}
