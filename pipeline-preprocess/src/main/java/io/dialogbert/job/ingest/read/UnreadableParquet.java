package io.dialogbert.job.ingest.read;

import java.io.IOException;

/** A part of a Parquet file is damaged: its checksums say so, or it cannot be decoded. */
final class UnreadableParquet extends IOException {
  /**
   * @param part of the file
   * @param cause of which the message names the class alone, since it may show a value
   */
  UnreadableParquet(String part, Throwable cause) {
    super(part + ", " + cause.getClass().getSimpleName(), cause);
  }
}
