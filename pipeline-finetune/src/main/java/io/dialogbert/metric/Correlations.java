package io.dialogbert.metric;

import org.apache.commons.math3.stat.correlation.PearsonsCorrelation;
import org.apache.commons.math3.stat.correlation.SpearmansCorrelation;

/** Correlations of given and predicted scores, as SciPy computes them. */
public final class Correlations {
  private Correlations() {}

  /**
   * Pearson's correlation.
   *
   * @return in [-1, 1]; NaN if there are fewer than two examples or if either side is constant
   * @throws IllegalArgumentException if a score is NaN or the lengths differ
   */
  public static double pearson(double[] given, double[] predicted) {
    check(given, predicted);
    return given.length < 2 ? Double.NaN : new PearsonsCorrelation().correlation(given, predicted);
  }

  /**
   * Spearman's rank correlation: Pearson's of the ranks, where equal scores get their average rank.
   *
   * @return in [-1, 1]; NaN if there are fewer than two examples or if either side is constant
   * @throws IllegalArgumentException if a score is NaN or the lengths differ
   */
  public static double spearman(double[] given, double[] predicted) {
    check(given, predicted);
    return given.length < 2 ? Double.NaN : new SpearmansCorrelation().correlation(given, predicted);
  }

  private static void check(double[] given, double[] predicted) {
    Checks.equallyLong("given scores", given.length, "predicted scores", predicted.length);
    for (int i = 0; i < given.length; i++) {
      Checks.notNaN(given[i], i);
      Checks.notNaN(predicted[i], i);
    }
  }
}
