/**
 * Directories with a manifest on any Hadoop file system.
 *
 * <p>An output appears whole or not at all ({@link io.dialogbert.frame.store.OutputDirectory}), and
 * its manifest says what made it ({@link io.dialogbert.frame.store.Manifest}). Depends on neither
 * jobs nor Spark.
 */
package io.dialogbert.frame.store;
