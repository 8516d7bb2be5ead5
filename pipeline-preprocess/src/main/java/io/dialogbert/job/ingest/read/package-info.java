/**
 * Reads raw messages from JSON Lines, CSV and Parquet, row by row, from a file or a part of it.
 *
 * <p>A row that is not a message is rejected and counted, with a reason but never with its text.
 */
package io.dialogbert.job.ingest.read;
