package io.dialogbert.train.run;

import java.io.Serializable;
import java.util.Comparator;
import java.util.Map;

/**
 * What makes a state of a run better than another: figures of its evaluation on held-out examples.
 * A higher figure is better. An empty name stands for the sum of all losses, where lower is better;
 * the names of losses end in {@code loss}.
 *
 * @param figure the main figure, such as an accuracy
 * @param finer decides between equal main figures. Small sets often give many states the same
 *     accuracy, and the first of them is hardly trained
 */
public record Selection(String figure, String finer) implements Serializable {
  private static final String ALL_LOSSES = "";

  public static final Selection LEAST_LOSS = new Selection(ALL_LOSSES, ALL_LOSSES);

  /** A figure, and the sum of all losses between equal ones. */
  public static Selection of(String figure) {
    return new Selection(figure, ALL_LOSSES);
  }

  /**
   * What an evaluation costs by its main figure. The sum of its losses in nats, or the figure's
   * negative.
   *
   * @param values losses and other figures by name
   * @throws IllegalArgumentException if the figure is not among them; names those that are
   */
  public double cost(Map<String, Double> values) {
    return cost(figure, values);
  }

  /**
   * Orders evaluations from the best to the worst: by the main figure, then by the finer one, then
   * the earlier first. NaN is worse than any number.
   */
  public Comparator<Evaluation> bestFirst() {
    return Comparator.<Evaluation>comparingDouble(evaluation -> cost(evaluation.values()))
        .thenComparingDouble(evaluation -> cost(finer, evaluation.values()))
        .thenComparingLong(Evaluation::step);
  }

  /** Orders evaluations by the main figure alone, then the earlier first. */
  public Comparator<Evaluation> bestByFigureFirst() {
    return Comparator.<Evaluation>comparingDouble(evaluation -> cost(evaluation.values()))
        .thenComparingLong(Evaluation::step);
  }

  private static double cost(String figure, Map<String, Double> values) {
    if (figure.equals(ALL_LOSSES)) {
      return values.entrySet().stream()
          .filter(entry -> entry.getKey().endsWith("loss"))
          .mapToDouble(Map.Entry::getValue)
          .sum();
    }
    Double value = values.get(figure);
    if (value == null) {
      throw new IllegalArgumentException(
          "no figure " + figure + " to select by; there are " + values.keySet());
    }
    return -value;
  }
}
