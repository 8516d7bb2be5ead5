/**
 * Reads raw messages from JSON lines, CSV and Parquet, row by row, from any part of a file.
 *
 * <p>What cannot be read as a message is rejected and counted, with a reason, never with its text.
 */
package io.dialogbert.job.ingest.read;
