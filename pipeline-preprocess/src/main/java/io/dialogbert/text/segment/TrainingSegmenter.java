package io.dialogbert.text.segment;

import java.util.List;

/** Gives the segments of a text for vocabulary training. Thread-safe. */
@FunctionalInterface
public interface TrainingSegmenter {
  /**
   * Cuts one text.
   *
   * @param text any text; it is normalized first
   * @param lang language code, {@code ko} or {@code ja}
   * @return segments, marked with U+2581 where they follow a space or start the text
   */
  List<String> segments(String text, String lang);
}
