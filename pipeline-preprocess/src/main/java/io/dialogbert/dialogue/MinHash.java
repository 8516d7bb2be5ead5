package io.dialogbert.dialogue;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * MinHash (Broder 1997): for each of several random orders, the first shingle of a set. Two sets
 * have the same first shingle with a probability equal to their Jaccard similarity. Each order is
 * that of {@code a * x + b} in 32 bits with an odd a, where x are well-mixed bits of the shingle.
 * So a value takes one multiplication, and the loop over the orders is vectorized.
 */
public final class MinHash {
  /** All runs use the same orders for all dialogues. */
  private static final long SEED = 1997;

  private final int[] multipliers;
  private final int[] summands;

  public MinHash(int numHashes) {
    SplittableRandom random = new SplittableRandom(SEED);
    multipliers = random.ints(numHashes).map(a -> a | 1).toArray();
    summands = random.ints(numHashes).toArray();
  }

  /**
   * The MinHash values of a set.
   *
   * @param shingles hashes in any order, possibly repeated; at least one
   */
  public int[] signature(long[] shingles) {
    if (shingles.length == 0) {
      throw new IllegalArgumentException("a set without shingles has no first one");
    }
    int[] first = new int[multipliers.length];
    Arrays.fill(first, Integer.MAX_VALUE);
    for (long shingle : shingles) {
      int bits = (int) (shingle >>> 32);
      for (int i = 0; i < first.length; i++) {
        first[i] = Math.min(first[i], multipliers[i] * bits + summands[i]);
      }
    }
    return first;
  }

  /**
   * One hash for each band of a signature. Two signatures share it only if they have equal values
   * in the same band.
   *
   * @param salt dialogues with different salts share no hash
   */
  public static long[] bands(int[] signature, int bands, int rows, long salt) {
    long[] hashes = new long[bands];
    for (int band = 0; band < bands; band++) {
      long hash = salt + band;
      for (int i = band * rows; i < (band + 1) * rows; i++) {
        hash = (hash ^ signature[i]) * 0x9E3779B97F4A7C15L;
        hash ^= hash >>> 32;
      }
      hashes[band] = hash;
    }
    return hashes;
  }
}
