package io.dialogbert.job.ingest.read;

import java.io.Serializable;

/**
 * A file, or the rows that begin in a byte range of it.
 *
 * @param path the file's path
 * @param name the file's name in tables and messages: its path below the common directory of all
 *     inputs
 * @param start offset of the first byte
 * @param end offset after the last byte
 * @param firstRow number of the first row, counted from 1
 */
public record InputPart(String path, String name, long start, long end, long firstRow)
    implements Serializable {
  public long bytes() {
    return end - start;
  }

  InputPart withFirstRow(long row) {
    return new InputPart(path, name, start, end, row);
  }
}
