package io.dialogbert.task.correct;

import java.io.Serializable;

/**
 * Sums over all rows, wherever they are, in fixed point: 32 bits after the point. So a sum is the
 * same in every order and for any division of the rows. A sum may be up to 2^31 of either sign:
 * enough for 40 million rows whose addends are below 50.
 */
public interface ExactSums {
  /** What a row adds; sent to Spark tasks. */
  @FunctionalInterface
  interface Adder extends Serializable {
    void add(LabelEvidence row, long[] sums);
  }

  /**
   * Adds up what each row adds.
   *
   * @param length number of sums
   */
  long[] of(int length, Adder adder);

  /** A number in fixed point. */
  static long fixed(double value) {
    return Math.round(value * 0x1p32);
  }

  /** A sum as a number. */
  static double number(long sum) {
    return sum * 0x1p-32;
  }

  /** Adds sums to others. */
  static long[] plus(long[] sums, long[] more) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += more[i];
    }
    return sums;
  }
}
