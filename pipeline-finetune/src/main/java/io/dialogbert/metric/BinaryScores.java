package io.dialogbert.metric;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.ranking.NaturalRanking;

/**
 * Scores of examples that are positive or negative, without a threshold.
 *
 * @param scores float64 [N], no NaN; higher means rather positive
 * @param positive bool [N]
 */
public record BinaryScores(double[] scores, boolean[] positive) {
  public BinaryScores {
    Checks.equallyLong("scores", scores.length, "labels", positive.length);
    for (int i = 0; i < scores.length; i++) {
      Checks.notNaN(scores[i], i);
    }
  }

  /**
   * The area under the ROC curve: the probability that a positive example has a higher score than a
   * negative one, where a tie counts one half (Mann-Whitney).
   *
   * @return in [0, 1]; NaN if all examples are positive or all are negative
   */
  public double auroc() {
    // Equal scores get their average rank.
    double[] ranks = new NaturalRanking().rank(scores);
    double sum =
        IntStream.range(0, ranks.length).filter(i -> positive[i]).mapToDouble(i -> ranks[i]).sum();
    double positives = positives();
    double negatives = scores.length - positives;
    return (sum - positives * (positives + 1) / 2) / (positives * negatives);
  }

  /**
   * Average precision: the sum of (recall - recall before) x precision over the distinct scores as
   * thresholds, without interpolation.
   *
   * @return in [0, 1]; 0 without a positive example, as in scikit-learn
   */
  public double averagePrecision() {
    long positives = positives();
    if (positives == 0) {
      return 0;
    }
    List<Integer> order =
        IntStream.range(0, scores.length)
            .boxed()
            .sorted(Comparator.comparing((Integer i) -> scores[i]).reversed())
            .toList();
    double precisions = 0;
    long found = 0;
    long foundBefore = 0;
    for (int i = 0; i < order.size(); i++) {
      found += positive[order.get(i)] ? 1 : 0;
      boolean last = i + 1 == order.size() || scores[order.get(i + 1)] != scores[order.get(i)];
      if (last) {
        precisions += (found - foundBefore) * (double) found / (i + 1);
        foundBefore = found;
      }
    }
    return precisions / positives;
  }

  private long positives() {
    return IntStream.range(0, positive.length).filter(i -> positive[i]).count();
  }
}
