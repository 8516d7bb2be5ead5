package io.dialogbert.job.ingest.read;

import java.io.IOException;

/** A part of a Parquet file is damaged: its checksum is wrong, or it cannot be decoded. */
public final class UnreadableParquetException extends IOException {
  /**
   * @param part the damaged part of the file
   * @param cause named in the message only by its class, since its own message may contain a value
   */
  public UnreadableParquetException(String part, Throwable cause) {
    super(part + ", " + cause.getClass().getSimpleName(), cause);
  }
}
