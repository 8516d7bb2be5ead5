package io.dialogbert.job.ingest.read;

import java.io.Closeable;
import java.io.IOException;
import java.security.MessageDigest;

/** The rows of one file, or of one part of it, in their order. */
public interface RowReader extends Closeable {
  /**
   * Moves to the next row.
   *
   * @return whether there is one
   * @throws IOException if the file cannot be read on, for one because it is torn
   * @throws BadFile if what follows is not of this format
   */
  boolean next() throws IOException, BadFile;

  /** One-based number of the current row in its file. */
  long row();

  /** Number of the row that {@link #next} would move to, or failed to. */
  long nextRow();

  /** Whether the current row is one that the messenger wrote, not a person. */
  default boolean systemLine() {
    return false;
  }

  /**
   * Adds what became of the lines that were read, for formats whose rows may have several.
   *
   * @param file what tables call the file
   */
  default void countLines(IngestCounts counts, String file) {}

  /**
   * The message that the current row holds.
   *
   * @throws RejectedRow naming the rule that the row breaks
   */
  RawMessage message() throws RejectedRow;

  /** Digests the current row as it stands in the file. */
  void digest(MessageDigest digest);
}
