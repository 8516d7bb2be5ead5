package io.dialogbert.finetune.train;

import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.model.kernel.Precision;

/**
 * Settings of {@link EvaluateTaskJob}.
 *
 * @param checkpoint output directory of finetune or distill
 * @param taskData output directory of build-task-data
 * @param precision of the matrix products
 * @param split the split to score
 * @param maxExamples maximum number of examples to score
 * @param numResamples number of bootstrap samples
 */
public record EvaluateTaskConfig(
    String checkpoint,
    String taskData,
    String output,
    Precision precision,
    Split split,
    int maxExamples,
    int numResamples) {
  /** Splits to score. */
  public enum Split {
    VALIDATION,
    TEST
  }

  static EvaluateTaskConfig read(ConfigReader in) {
    return new EvaluateTaskConfig(
        in.path("checkpoint"),
        in.path("task-data"),
        in.path("output"),
        in.choice("precision", Precision.class),
        in.choice("split", Split.class),
        in.intBetween("max-examples", 1, Integer.MAX_VALUE),
        in.intBetween("num-resamples", 20, 100_000));
  }
}
