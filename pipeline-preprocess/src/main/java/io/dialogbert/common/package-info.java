/**
 * What every package may use: the exceptions that end a job with a clear message, seeds, hashes and
 * class-path resources. Plain Java; depends on no other package of the pipeline.
 */
package io.dialogbert.common;
