package io.dialogbert.model;

import io.dialogbert.common.Seeds;

/**
 * One dropout site in one step: each element is set to 0 with probability {@code prob}, else
 * divided by 1 - prob. The mask is a function of the seed and the element's index alone, so the
 * backward pass draws it again instead of keeping it, and every {@link Kernels} draws the same.
 *
 * @param prob chance that an element is dropped, in [0, 1)
 * @param seed which mask
 * @see <a href="https://jmlr.org/papers/v15/srivastava14a.html">Srivastava et al. 2014</a>
 */
public record Dropout(double prob, long seed) {
  /** Keeps everything. */
  public static final Dropout NONE = new Dropout(0, 0);

  public Dropout {
    if (!(prob >= 0 && prob < 1)) {
      throw new IllegalArgumentException("dropout probability must be in [0, 1), is " + prob);
    }
  }

  public boolean active() {
    return prob > 0;
  }

  /** What a kept element is multiplied by: 1 / (1 - prob). */
  public double scale() {
    return 1 / (1 - prob);
  }

  /**
   * Writes the first {@code length} elements of the mask: {@code keptValue} where the element is
   * kept, 0 where it is dropped. Whole numbers, so that the loop has no branch; callers pass the
   * bits of a float as {@code keptValue}.
   *
   * @param mask receives the mask; at least {@code length} long
   */
  public void fill(int[] mask, int length, int keptValue) {
    long mixed = Seeds.hash(seed);
    int low = (int) mixed;
    int high = (int) (mixed >>> 32);
    int threshold = (int) Math.round(prob * (1 << 24));
    for (int i = 0; i < length; i++) {
      // The finalizer of MurmurHash3 over the index, the seed's halves mixed in before and between.
      int hash = (i * 0x9E3779B1) ^ low;
      hash = (hash ^ (hash >>> 16)) * 0x85EBCA6B;
      hash ^= high;
      hash = (hash ^ (hash >>> 13)) * 0xC2B2AE35;
      hash ^= hash >>> 16;
      mask[i] = ~(((hash >>> 8) - threshold) >> 31) & keptValue;
    }
  }
}
