package io.dialogbert.job.ingest.read;

import java.io.Serializable;

/**
 * A file, or the rows that begin in a range of its bytes.
 *
 * @param path of the file
 * @param name what tables and messages call it: its path below the directory that holds all inputs
 * @param start first byte
 * @param end byte after the last one
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
