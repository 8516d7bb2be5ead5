package io.dialogbert.task.correct;

import java.io.Serializable;
import java.util.Arrays;

/**
 * How often a class is followed by another: P(to | from). Counts are smoothed towards staying, so a
 * class with few rows counts as correctly labeled, and no transition is impossible for ever.
 */
public final class Transitions implements Serializable {
  /** Pseudocount: rows of each class that stay, besides those counted. */
  private static final double STAYING = 8;

  private final int numClasses;

  /** [from][to] */
  private final double[] probabilities;

  /** Mean over all other classes of the probability of coming to a class. */
  private final double[] fromOthers;

  private Transitions(int numClasses, double[] probabilities) {
    this.numClasses = numClasses;
    this.probabilities = probabilities;
    this.fromOthers = new double[numClasses];
    for (int from = 0; from < numClasses; from++) {
      for (int to = 0; to < numClasses; to++) {
        fromOthers[to] += from == to ? 0 : probabilities[from * numClasses + to] / (numClasses - 1);
      }
    }
  }

  /**
   * Transitions of counts.
   *
   * @param counts in fixed point, [from][to]
   */
  public static Transitions of(int numClasses, long[] counts) {
    double[] probabilities = new double[counts.length];
    for (int from = 0; from < numClasses; from++) {
      double sum = STAYING + 1;
      for (int to = 0; to < numClasses; to++) {
        sum += ExactSums.number(counts[from * numClasses + to]);
      }
      for (int to = 0; to < numClasses; to++) {
        int at = from * numClasses + to;
        double smoothed =
            ExactSums.number(counts[at]) + (from == to ? STAYING : 0) + 1.0 / numClasses;
        probabilities[at] = smoothed / sum;
      }
    }
    return new Transitions(numClasses, probabilities);
  }

  /** Every class stays with a probability, and becomes any other one equally often. */
  public static Transitions even(int numClasses, double staying) {
    double[] probabilities = new double[numClasses * numClasses];
    Arrays.fill(probabilities, (1 - staying) / (numClasses - 1));
    for (int c = 0; c < numClasses; c++) {
      probabilities[c * numClasses + c] = staying;
    }
    return new Transitions(numClasses, probabilities);
  }

  public int numClasses() {
    return numClasses;
  }

  /** P(to | from), above 0. */
  public double probability(int from, int to) {
    return probabilities[from * numClasses + to];
  }

  /** The same from any class but {@code to}, if all of them are equally probable. */
  double probabilityFromOthers(int to) {
    return fromOthers[to];
  }
}
