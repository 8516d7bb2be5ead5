package io.dialogbert.finetune.inference;

import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.model.kernel.Precision;

/**
 * Settings of {@link MineNegativesJob}.
 *
 * @param checkpoint output directory of finetune, of replies
 * @param taskData output directory of build-task-data, of replies
 * @param precision of the matrix products
 * @param poolSize maximum number of replies of a language to choose from; each takes four bytes for
 *     each element of a vector, in every executor
 * @param margin a negative's score must be below the right reply's by this share of it, in [0, 1]
 */
public record MineNegativesConfig(
    String checkpoint,
    String taskData,
    String output,
    Precision precision,
    int poolSize,
    double margin,
    long examplesPerFile) {
  static MineNegativesConfig read(ConfigReader in) {
    return new MineNegativesConfig(
        in.path("checkpoint"),
        in.path("task-data"),
        in.path("output"),
        in.choice("precision", Precision.class),
        in.intBetween("pool-size", 1, 1_000_000),
        in.fraction("margin"),
        in.longBetween("examples-per-file", 1, Long.MAX_VALUE));
  }
}
