package io.dialogbert.preprocess;

import java.io.Serializable;

/**
 * How input files are read; goes to the workers.
 *
 * @param format what the files hold
 * @param schema where a message's fields are
 * @param csvDelimiter between the fields of CSV
 */
record InputSettings(InputFormat format, RawSchema schema, char csvDelimiter)
    implements Serializable {}
