package io.dialogbert.finetune.label;

/** The format of labeled files; set in the configuration, never guessed from a file. */
public enum LabeledFormat {
  /** A row a line, a tab between columns. Quotes are part of the text. */
  TSV,
  /** RFC 4180 with any delimiter: fields in quotes may contain delimiters and line breaks. */
  CSV,
  /** JSON Lines. */
  JSON,
  /** One JSON array of objects. */
  JSON_ARRAY,
  /** A token and its tag a line, a blank line between texts. */
  CONLL,
  PARQUET;

  /** Whether columns have places, and perhaps no names. */
  boolean hasPositions() {
    return this == TSV || this == CSV;
  }
}
