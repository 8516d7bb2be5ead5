package io.dialogbert.finetune.label;

import io.dialogbert.job.ingest.read.BadFileException;
import io.dialogbert.job.ingest.read.RejectedRow;
import java.io.Closeable;
import java.io.IOException;
import java.util.Map;

/** The rows of a file, in order. */
interface LabeledRows extends Closeable {
  /**
   * Moves to the next row that is not blank.
   *
   * @return whether there is one
   * @throws IOException if the file cannot be read further
   */
  boolean next() throws IOException, BadFileException;

  /** One-based number of the current row in its file. */
  long row();

  /** Number of the row that {@link #next} would move to, or failed to move to. */
  long nextRow();

  /**
   * The values of the current row, by column; a column without a value is absent.
   *
   * @throws RejectedRow if the row cannot be read
   */
  Map<String, String> values() throws RejectedRow;
}
