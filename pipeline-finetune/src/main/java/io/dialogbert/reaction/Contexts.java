package io.dialogbert.reaction;

/**
 * The turns that a reply answers, as a histogram of their content words, hashed into a few buckets.
 * Few, since two samples of one distribution over n buckets diverge by about n / (6 x words).
 */
public final class Contexts {
  public static final int NUM_BUCKETS = 64;

  /** 2^32 divided by the golden ratio: spreads hash codes over the highest bits. */
  private static final int SPREAD = 0x9E3779B9;

  private static final int UNUSED_BITS = Integer.SIZE - Integer.numberOfTrailingZeros(NUM_BUCKETS);

  private Contexts() {}

  /** The bucket of a word, in [0, {@link #NUM_BUCKETS}), the same in every JVM. */
  public static int bucket(String word) {
    return (word.hashCode() * SPREAD) >>> UNUSED_BITS;
  }

  /**
   * The Jensen-Shannon divergence of two histograms, with logarithms to base 2: 0 for equal shares,
   * 1 for none in common, and where one is empty.
   *
   * @see <a href="https://doi.org/10.1109/18.61115">Lin 1991</a>
   */
  static double divergence(long[] a, long[] b) {
    double numA = sum(a);
    double numB = sum(b);
    if (numA == 0 || numB == 0) {
      return 1;
    }
    double divergence = 0;
    for (int i = 0; i < a.length; i++) {
      double p = a[i] / numA;
      double q = b[i] / numB;
      divergence += (term(p, (p + q) / 2) + term(q, (p + q) / 2)) / 2;
    }
    return divergence;
  }

  private static double term(double p, double mean) {
    return p == 0 ? 0 : p * Math.log(p / mean) / Math.log(2);
  }

  private static double sum(long[] counts) {
    long sum = 0;
    for (long count : counts) {
      sum += count;
    }
    return sum;
  }
}
