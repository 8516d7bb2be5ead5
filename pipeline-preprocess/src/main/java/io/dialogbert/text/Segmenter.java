package io.dialogbert.text;

import java.util.List;

/**
 * Cuts text into segments. Every character that is not a space is in exactly one segment, in order.
 * Implementations are immutable and may be shared by threads.
 */
public interface Segmenter {
  /**
   * Cuts one text.
   *
   * @param text normalized text
   * @param lang language code, {@code ko} or {@code ja}
   * @throws IllegalArgumentException if the language decides how to cut and is not supported
   */
  List<Segment> segment(String text, String lang);
}
