package io.dialogbert.sample;

/** A language of the corpus: its ISO 639-1 code and the messenger whose exports it imitates. */
enum Language {
  KOREAN("ko", "sample-talk"),
  JAPANESE("ja", "sample-line");

  private final String code;
  private final String source;

  Language(String code, String source) {
    this.code = code;
    this.source = source;
  }

  String code() {
    return code;
  }

  String source() {
    return source;
  }
}
