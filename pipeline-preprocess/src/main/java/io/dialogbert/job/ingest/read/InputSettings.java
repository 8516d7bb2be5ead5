package io.dialogbert.job.ingest.read;

import java.io.Serializable;

/**
 * How input files are read; goes to the workers.
 *
 * @param format what the files hold
 * @param schema where a message's fields are
 * @param csvDelimiter between the fields of CSV
 */
public record InputSettings(InputFormat format, RawSchema schema, char csvDelimiter)
    implements Serializable {}
