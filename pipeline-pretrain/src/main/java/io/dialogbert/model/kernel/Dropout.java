package io.dialogbert.model.kernel;

import io.dialogbert.common.Seeds;

/**
 * One dropout site in one step: each element is set to 0 with probability {@code prob}, else
 * divided by 1 - prob. The mask depends only on the seed and the element's index. So the backward
 * pass draws it again instead of keeping it, and every {@link Kernels} draws the same mask.
 *
 * @param prob probability that an element is dropped, in [0, 1)
 * @param seed selects the mask
 * @see <a href="https://jmlr.org/papers/v15/srivastava14a.html">Srivastava et al. 2014</a>
 */
public record Dropout(double prob, long seed) {
  /** Keeps everything. */
  public static final Dropout NONE = new Dropout(0, 0);

  static final int FACTOR = 0x9E3779B1;
  static final int FIRST_FACTOR = 0x85EBCA6B;
  static final int SECOND_FACTOR = 0xC2B2AE35;

  private static final int BLOCK = 4096;

  // i * FACTOR, as a table: the JVM does not vectorize a loop that computes with its index.
  private static final int[] SPREAD = new int[BLOCK];

  static {
    for (int i = 0; i < BLOCK; i++) {
      SPREAD[i] = i * FACTOR;
    }
  }

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

  /** Half of the seed. */
  int low() {
    return (int) Seeds.hash(seed);
  }

  /** The other half of the seed. */
  int high() {
    return (int) (Seeds.hash(seed) >>> 32);
  }

  /** An element is kept if its hash, of 24 bits, is at least this. */
  int threshold() {
    return (int) Math.round(prob * (1 << 24));
  }

  /**
   * Writes {@code length} elements of the mask: {@code keptValue} where the element is kept, 0
   * where it is dropped. Values are integers, so that the loop has no branch; callers pass the bits
   * of a float as {@code keptValue}.
   *
   * @param mask receives the mask; at least {@code length} long
   * @param from index in the mask of the first element to write
   */
  public void fill(int[] mask, long from, int length, int keptValue) {
    for (int done = 0; done < length; done += BLOCK) {
      int end = Math.min(done + BLOCK, length);
      int first = (int) (from + done) * FACTOR;
      hash(mask, done, end, first, low(), high(), threshold(), keptValue);
    }
  }

  /**
   * MurmurHash3's finalizer over the index; half of the seed is mixed in before it, half within.
   */
  private static void hash(
      int[] mask, int from, int to, int first, int low, int high, int threshold, int keptValue) {
    int[] spread = SPREAD;
    for (int i = from; i < to; i++) {
      int hash = (spread[i - from] + first) ^ low;
      hash = (hash ^ (hash >>> 16)) * FIRST_FACTOR;
      hash ^= high;
      hash = (hash ^ (hash >>> 13)) * SECOND_FACTOR;
      hash ^= hash >>> 16;
      mask[i] = ~(((hash >>> 8) - threshold) >> 31) & keptValue;
    }
  }
}
