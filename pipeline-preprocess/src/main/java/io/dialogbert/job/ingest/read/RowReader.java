package io.dialogbert.job.ingest.read;

import java.io.Closeable;
import java.io.IOException;
import java.security.MessageDigest;

/** The rows of a file, or of a part of it, in order. */
public interface RowReader extends Closeable {
  /**
   * Moves to the next row.
   *
   * @return whether there is one
   * @throws IOException if the file cannot be read further, for example because it is truncated
   * @throws BadFileException if the rest is not in this format
   */
  boolean next() throws IOException, BadFileException;

  /** One-based number of the current row in its file. */
  long row();

  /** Number of the row that {@link #next} would move to, or failed to move to. */
  long nextRow();

  /** Whether the messenger, not a person, wrote the current row. */
  default boolean systemLine() {
    return false;
  }

  /**
   * Adds the outcomes of the lines read, for formats whose rows may span several lines.
   *
   * @param file the file's name in tables
   */
  default void countLines(IngestCounts counts, String file) {}

  /**
   * The message in the current row.
   *
   * @throws RejectedRow naming the rule that the row breaks
   */
  RawMessage message() throws RejectedRow;

  /** Digests the current row as it is in the file. */
  void digest(MessageDigest digest);
}
