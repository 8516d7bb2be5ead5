package io.dialogbert.frame.store;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Collections;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.IOUtils;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.Util;

/**
 * Makes the footers of Parquet files the same in every run. Parquet's writer lists a column's
 * encodings in the order of a hash set of enum constants, whose hash codes differ between JVMs.
 */
final class ParquetFooters {
  /** After the footer: its length and the magic number. */
  private static final int TAIL_BYTES = 8;

  private ParquetFooters() {}

  /**
   * Writes a copy of a file with its encodings sorted, unless they are already. The file itself
   * stays, since another attempt of the same task may be using it.
   *
   * @return whether a copy was written
   */
  static boolean sortEncodings(FileSystem fileSystem, Path file, Path copy) throws IOException {
    long length = fileSystem.getFileStatus(file).getLen();
    try (FSDataInputStream in = fileSystem.open(file)) {
      byte[] tail = new byte[TAIL_BYTES];
      in.readFully(length - TAIL_BYTES, tail);
      byte[] footer = new byte[ByteBuffer.wrap(tail).order(ByteOrder.LITTLE_ENDIAN).getInt()];
      long start = length - TAIL_BYTES - footer.length;
      in.readFully(start, footer);
      byte[] inOrder = sorted(footer);
      if (Arrays.equals(footer, inOrder)) {
        return false;
      }
      if (footer.length != inOrder.length) {
        throw new IOException("a footer in another order must be as long as before: " + file);
      }
      try (OutputStream out = fileSystem.create(copy, false)) {
        in.seek(0);
        IOUtils.copyBytes(in, out, start, false);
        out.write(inOrder);
        out.write(tail);
      }
      return true;
    }
  }

  private static byte[] sorted(byte[] footer) throws IOException {
    InputStream in = new ByteArrayInputStream(footer);
    FileMetaData metadata = Util.readFileMetaData(in);
    for (RowGroup rowGroup : metadata.getRow_groups()) {
      for (ColumnChunk column : rowGroup.getColumns()) {
        Collections.sort(column.getMeta_data().getEncodings());
      }
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(footer.length);
    Util.writeFileMetaData(metadata, out);
    return out.toByteArray();
  }
}
