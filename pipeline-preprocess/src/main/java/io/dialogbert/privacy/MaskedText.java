package io.dialogbert.privacy;

import static java.util.Objects.requireNonNull;

import java.util.Map;

/**
 * A text in which personal data has been replaced by placeholders.
 *
 * @param text the text with placeholders
 * @param counts how many matches of each kind were replaced; kinds without a match are absent
 */
public record MaskedText(String text, Map<PiiKind, Integer> counts) {
  public MaskedText {
    requireNonNull(text, "text");
    counts = Map.copyOf(counts);
  }

  /** Counts only, so that the text cannot reach a log through its wrapper. */
  @Override
  public String toString() {
    return "MaskedText[length=" + text.length() + ", counts=" + counts + "]";
  }
}
