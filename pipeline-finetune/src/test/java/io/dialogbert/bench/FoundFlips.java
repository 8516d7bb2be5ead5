package io.dialogbert.bench;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How well scores find wrong labels.
 *
 * @param averagePrecision in percent; equal scores count in the order of the rows
 * @param atOnePercent percent of the wrong labels that are found while at most 1 % of the right
 *     ones are taken for wrong
 * @param atThreePercent the same for 3 %
 */
record FoundFlips(double averagePrecision, double atOnePercent, double atThreePercent) {
  /**
   * Ranks labels.
   *
   * @param doubts the higher, the more probably wrong
   */
  static FoundFlips of(double[] doubts, boolean[] wrong) {
    List<Integer> order =
        IntStream.range(0, doubts.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> -doubts[i]))
            .toList();
    double all = IntStream.range(0, wrong.length).filter(i -> wrong[i]).count();
    double right = wrong.length - all;
    double found = 0;
    double harmed = 0;
    double precision = 0;
    double one = 0;
    double three = 0;
    for (int i = 0; i < wrong.length; i++) {
      if (wrong[order.get(i)]) {
        found++;
        precision += found / (i + 1) / all;
      } else {
        harmed++;
      }
      one = harmed <= 0.01 * right ? found / all : one;
      three = harmed <= 0.03 * right ? found / all : three;
    }
    return new FoundFlips(100 * precision, 100 * one, 100 * three);
  }
}
