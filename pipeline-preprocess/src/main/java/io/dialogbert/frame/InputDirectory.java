package io.dialogbert.frame;

import io.dialogbert.frame.store.Manifest;

/**
 * A finished directory that a job reads.
 *
 * @param path where it is
 * @param manifest what made it
 */
public record InputDirectory(String path, Manifest manifest) {}
