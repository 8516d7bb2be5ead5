package io.dialogbert.text.normalize;

/**
 * A normalized text that remembers where it came from.
 *
 * @param text the normalized text
 * @param starts for each UTF-16 unit of {@code text}, where what it stands for starts in the
 *     original, in UTF-16 units
 * @param ends likewise, where that ends
 */
public record AlignedText(String text, int[] starts, int[] ends) {
  /** Where the stretch that starts at {@code start} of {@code text} starts in the original. */
  public int originalStart(int start) {
    return start < starts.length ? starts[start] : originalEnd(start);
  }

  /** Where the stretch that ends at {@code end} of {@code text} ends in the original. */
  public int originalEnd(int end) {
    return end == 0 ? 0 : ends[end - 1];
  }
}
