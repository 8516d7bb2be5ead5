package io.dialogbert.text.segment;

/**
 * Cuts text into segments. Every character that is not a space is in exactly one segment, in order.
 * Implementations are immutable and may be shared by threads.
 */
public interface Segmenter {
  /** U+2581, which SentencePiece writes for a space. */
  char WORD_START = '\u2581';

  /**
   * Cuts one text.
   *
   * @param text normalized text
   * @param lang language code, {@code ko} or {@code ja}
   * @throws IllegalArgumentException if the language decides how to cut and is not supported
   */
  void segment(String text, String lang, SegmentSink sink);
}
