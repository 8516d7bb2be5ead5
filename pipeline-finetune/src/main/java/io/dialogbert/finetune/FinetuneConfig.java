package io.dialogbert.finetune;

import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.train.TrainingConfig;

/**
 * Settings of {@link FinetuneJob}.
 *
 * @param checkpoint output directory of pretrain
 * @param taskData output directory of build-task-data
 * @param numSeeds number of networks to train; the best on the validation split is the output
 */
public record FinetuneConfig(
    String checkpoint,
    String taskData,
    String output,
    ObjectiveConfig objective,
    int numSeeds,
    TrainingConfig training) {

  static FinetuneConfig read(ConfigReader in) {
    String output = in.path("output");
    return new FinetuneConfig(
        in.path("checkpoint"),
        in.path("task-data"),
        output,
        ObjectiveConfig.read(in),
        in.intBetween("num-seeds", 1, 100),
        TrainingConfig.read(in.section("training"), output));
  }
}
