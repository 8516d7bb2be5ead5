package io.dialogbert.job.ingest.read;

/** The format of the input files; set in the configuration, never guessed from a file. */
public enum InputFormat {
  /** JSON Lines. */
  JSON,
  /** RFC 4180 with a header and any delimiter. */
  CSV,
  PARQUET,
  /** KakaoTalk's chat export: text from PC, Android and iOS, CSV from PC and Mac. */
  KAKAOTALK,
  /** LINE's chat export. */
  LINE;

  /** Whether this is a messenger's own export, which has no columns to name. */
  public boolean isExport() {
    return this == KAKAOTALK || this == LINE;
  }

  /** Whether an uncompressed file can be read in parts. */
  boolean splits() {
    return this == JSON || this == PARQUET;
  }
}
