package io.dialogbert.train.run;

import java.io.Serializable;

/**
 * Consecutive elements of a vector, stored in one file.
 *
 * @param file path below the run's directory
 * @param from first element
 * @param length number of elements
 * @param crc32 CRC-32 of the file's bytes
 */
public record VectorPiece(String file, long from, long length, long crc32)
    implements Serializable {}
