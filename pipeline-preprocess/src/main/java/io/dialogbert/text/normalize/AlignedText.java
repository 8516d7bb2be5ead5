package io.dialogbert.text.normalize;

/**
 * A normalized text that maps back to its original.
 *
 * @param text the normalized text
 * @param starts for each UTF-16 unit of {@code text}, the start of its source in the original, in
 *     UTF-16 units
 * @param ends likewise, the end of its source, exclusive
 */
public record AlignedText(String text, int[] starts, int[] ends) {
  /** Where the span that starts at {@code start} in {@code text} starts in the original. */
  public int originalStart(int start) {
    return start < starts.length ? starts[start] : originalEnd(start);
  }

  /** Where the span that ends at {@code end} in {@code text} ends in the original. */
  public int originalEnd(int end) {
    return end == 0 ? 0 : ends[end - 1];
  }
}
