package io.dialogbert.preprocess;

import java.io.IOException;

/** A row group of a Parquet file is damaged: its checksums say so, or it cannot be decoded. */
final class UnreadableRowGroup extends IOException {
  /**
   * @param number of the row group, from 0
   */
  UnreadableRowGroup(int number, RuntimeException cause) {
    super("row group " + number + " is damaged", cause);
  }
}
