package io.dialogbert.text.train;

import java.util.Arrays;

/** Selects the largest of many values without boxing them. */
final class TopK {
  private TopK() {}

  /**
   * The indices of the largest values.
   *
   * @param values any values except NaN
   * @param n how many to select
   * @return at most {@code n} indices, ascending; ties go to the first
   */
  static int[] indices(double[] values, int n) {
    if (n <= 0) {
      return new int[0];
    }
    double threshold = Double.NEGATIVE_INFINITY;
    int numAtThreshold = Integer.MAX_VALUE;
    if (n < values.length) {
      double[] sorted = values.clone();
      Arrays.parallelSort(sorted);
      threshold = sorted[values.length - n];
      int firstAbove = values.length - n;
      while (firstAbove < values.length && sorted[firstAbove] == threshold) {
        firstAbove++;
      }
      numAtThreshold = n - (values.length - firstAbove);
    }
    int[] selected = new int[Math.min(n, values.length)];
    int size = 0;
    for (int i = 0; i < values.length; i++) {
      if (values[i] > threshold || (values[i] == threshold && numAtThreshold-- > 0)) {
        selected[size++] = i;
      }
    }
    return Arrays.copyOf(selected, size);
  }
}
