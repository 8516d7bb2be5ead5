package io.dialogbert.train.run;

import java.util.Map;

/**
 * Scores of a run's state on held-out examples.
 *
 * @param values losses and accuracies by name; the names of losses end in {@code loss}
 */
public record Evaluation(long step, Map<String, Double> values) {}
