/**
 * What every room may use: the two errors that end a job with a clear sentence, seeds, hashes and
 * class-path resources. Plain Java; depends on no other room.
 */
package io.dialogbert.common;
