package io.dialogbert.job.ingest.read;

/** What input files hold; said by the settings, never guessed from a file. */
public enum InputFormat {
  /** JSON Lines. */
  JSON,
  /** RFC 4180 with a header and any delimiter. */
  CSV,
  PARQUET,
  /** KakaoTalk's chat export: text of PC, Android and iOS, CSV of PC and Mac. */
  KAKAOTALK,
  /** LINE's chat export. */
  LINE;

  /** Whether it is a messenger's own export, which has no columns to name. */
  public boolean isExport() {
    return this == KAKAOTALK || this == LINE;
  }

  /** Whether a file that is not compressed can be read in parts. */
  boolean splits() {
    return this == JSON || this == PARQUET;
  }
}
