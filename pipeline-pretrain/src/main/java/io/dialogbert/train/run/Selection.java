package io.dialogbert.train.run;

import java.io.Serializable;
import java.util.Map;

/**
 * What makes a state of a run better than another: a figure of its evaluation on held-out examples.
 *
 * @param figure name of a figure of which more is better, such as an accuracy; empty for the sum of
 *     all losses, of which less is better
 */
public record Selection(String figure) implements Serializable {
  /** The names of losses end in {@code loss}. */
  public static final Selection LEAST_LOSS = new Selection("");

  /**
   * What an evaluation costs; the best state costs least. The sum of its losses in nats, or the
   * figure's negative.
   *
   * @param values losses and other figures by name
   * @throws IllegalArgumentException if the figure is not among them; names those that are
   */
  public double cost(Map<String, Double> values) {
    if (figure.isEmpty()) {
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
