package io.dialogbert.text.segment;

/**
 * Cuts text into segments. Each non-space character is in exactly one segment, in order.
 * Implementations are immutable and may be shared by threads.
 */
public interface Segmenter {
  /** U+2581, SentencePiece's mark for a space. */
  char WORD_START = '\u2581';

  /**
   * Cuts one text.
   *
   * @param text normalized text
   * @param lang language code, {@code ko} or {@code ja}
   * @throws IllegalArgumentException if cutting depends on the language and it is not supported
   */
  void segment(String text, String lang, SegmentSink sink);
}
