package io.dialogbert.job.ingest.read;

import java.io.Serializable;

/**
 * How input files are read; sent to the executors.
 *
 * @param format format of the files
 * @param schema where to find a message's fields
 * @param csvDelimiter field separator of CSV
 */
public record InputSettings(InputFormat format, RawSchema schema, char csvDelimiter)
    implements Serializable {}
