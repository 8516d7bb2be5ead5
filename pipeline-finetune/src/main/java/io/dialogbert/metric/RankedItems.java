package io.dialogbert.metric;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What one query retrieved, where several items may be relevant.
 *
 * @param ranking the retrieved items, the best first
 * @param gains the gain of every relevant item of the query, <b>retrieved or not</b>; finite, at
 *     least 0. Items that are not in it have gain 0.
 */
public record RankedItems<T>(List<T> ranking, Map<T, Double> gains) {
  /**
   * Checks the items.
   *
   * @throws IllegalArgumentException if an item is ranked twice, which would count its gain twice
   *     and lift NDCG above 1, or if a gain is negative or not finite
   */
  public RankedItems {
    Set<T> seen = new HashSet<>();
    for (int i = 0; i < ranking.size(); i++) {
      if (!seen.add(ranking.get(i))) {
        throw new IllegalArgumentException("the item at rank " + (i + 1) + " is ranked twice");
      }
    }
    for (double gain : gains.values()) {
      if (!(gain >= 0 && gain < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException("gain " + gain + " must be finite and at least 0");
      }
    }
  }

  /**
   * Ranks items by descending score. Of items with an equal score, those with less gain come first,
   * so that ties are never to a model's advantage.
   *
   * @param scores of the retrieved items, no NaN
   */
  public static <T> RankedItems<T> byScore(Map<T, Double> scores, Map<T, Double> gains) {
    if (scores.values().stream().anyMatch(score -> Double.isNaN(score))) {
      throw new IllegalArgumentException("a score is not a number");
    }
    List<T> ranking =
        scores.keySet().stream()
            .sorted(
                Comparator.comparing((T item) -> scores.get(item))
                    .reversed()
                    .thenComparing(item -> gains.getOrDefault(item, 0.0)))
            .toList();
    return new RankedItems<>(ranking, gains);
  }

  /**
   * Normalized discounted cumulative gain: the sum of gain / log2(1 + rank) over the first k ranks,
   * divided by that of the best possible ranking of all relevant items. The gain is linear; the
   * other school's 2^gain - 1 can be given as gains.
   *
   * @return in [0, 1]; 0 if nothing is relevant, as in trec_eval
   * @see <a href="https://doi.org/10.1145/582415.582418">Järvelin and Kekäläinen 2002</a>, with the
   *     discount of trec_eval's {@code ndcg_cut}, which also divides the second gain
   */
  public double ndcgAt(int k) {
    double ideal = dcg(gains.values().stream().sorted(Comparator.reverseOrder()).limit(k).toList());
    double actual = dcg(ranking.stream().limit(k).map(this::gain).toList());
    return ideal == 0 ? 0 : actual / ideal;
  }

  /** 1 / rank of the first relevant item; 0 if none was retrieved. */
  public double reciprocalRank() {
    return IntStream.range(0, ranking.size())
        .filter(i -> gain(ranking.get(i)) > 0)
        .mapToDouble(i -> 1.0 / (i + 1))
        .findFirst()
        .orElse(0);
  }

  /** What a gain at a rank counts. */
  static double discount(int rank) {
    return Math.log(2) / Math.log1p(rank);
  }

  private double gain(T item) {
    return gains.getOrDefault(item, 0.0);
  }

  private static double dcg(List<Double> gains) {
    return IntStream.range(0, gains.size()).mapToDouble(i -> gains.get(i) * discount(i + 1)).sum();
  }
}
