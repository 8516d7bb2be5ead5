package io.dialogbert.common;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.apache.commons.codec.digest.MurmurHash3;

/**
 * Random choices that depend only on the record, not on where or when it is processed. A retried
 * task, a different partition count or another cluster draws the same numbers.
 */
public final class Seeds {
  private Seeds() {}

  /**
   * A generator for one record, seeded from the run's seed and whatever identifies the record and
   * the choice.
   */
  public static SplittableRandom of(long seed, Object... ids) {
    return new SplittableRandom(hash(seed, ids));
  }

  /**
   * 64 well-mixed bits of the seed and the ids; ids are separated by position, so ("ab", "c")
   * differs from ("a", "bc").
   */
  public static long hash(long seed, Object... ids) {
    long hash = mix(seed);
    for (Object id : ids) {
      long part;
      if (id instanceof Long || id instanceof Integer) {
        part = ((Number) id).longValue();
      } else {
        byte[] bytes = id.toString().getBytes(StandardCharsets.UTF_8);
        part = MurmurHash3.hash128x64(bytes, 0, bytes.length, 0)[0];
      }
      hash = mix(hash * 0x9E3779B97F4A7C15L + part);
    }
    return hash;
  }

  /** A permutation of 0 to n - 1 (Fisher and Yates). */
  public static int[] permutation(int n, SplittableRandom random) {
    int[] order = new int[n];
    for (int i = 0; i < n; i++) {
      int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }

  /** The hash as a fraction in [0, 1), for splits and samples by a stable id. */
  public static double fraction(long seed, Object... ids) {
    return (hash(seed, ids) >>> 11) * 0x1.0p-53;
  }

  /** The finalizer of SplittableRandom (Steele, Lea and Flood 2014, Stafford's variant 13). */
  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
