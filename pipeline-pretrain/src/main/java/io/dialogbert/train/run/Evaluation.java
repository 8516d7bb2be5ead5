package io.dialogbert.train.run;

import java.util.Map;

/**
 * What a run's state scored on held-out examples.
 *
 * @param values losses, whose names end in {@code loss}, and accuracies, by name
 */
public record Evaluation(long step, Map<String, Double> values) {
  /** What the best is told by: the sum of the losses, in nats. */
  public double loss() {
    return values.entrySet().stream()
        .filter(entry -> entry.getKey().endsWith("loss"))
        .mapToDouble(Map.Entry::getValue)
        .sum();
  }
}
