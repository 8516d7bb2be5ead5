package io.dialogbert.text.train;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Splits work over items into chunks that run in parallel. The chunks do not depend on the number
 * of cores, and results are combined in chunk order. So floating-point sums are the same
 * everywhere.
 */
final class Chunks {
  private static final int NUM_CHUNKS = 16;

  /** The work on the items in [from, to). */
  interface Work<T> {
    T run(int from, int to);
  }

  private Chunks() {}

  static <T> List<T> run(int numItems, Work<T> work) {
    return IntStream.range(0, NUM_CHUNKS)
        .parallel()
        .mapToObj(chunk -> work.run(bound(chunk, numItems), bound(chunk + 1, numItems)))
        .toList();
  }

  private static int bound(int chunk, int numItems) {
    return (int) ((long) numItems * chunk / NUM_CHUNKS);
  }

  static double[] sum(List<double[]> vectors) {
    double[] sum = new double[vectors.get(0).length];
    for (double[] vector : vectors) {
      for (int i = 0; i < sum.length; i++) {
        sum[i] += vector[i];
      }
    }
    return sum;
  }
}
