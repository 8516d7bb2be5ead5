package io.dialogbert.finetune;

import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.train.TrainingConfig;

/**
 * Settings of {@link FinetuneJob}.
 *
 * @param checkpoint output directory of pretrain
 * @param taskData output directory of build-task-data
 */
public record FinetuneConfig(
    String checkpoint, String taskData, String output, TrainingConfig training) {

  static FinetuneConfig read(ConfigReader in) {
    String output = in.path("output");
    return new FinetuneConfig(
        in.path("checkpoint"),
        in.path("task-data"),
        output,
        TrainingConfig.read(in.section("training"), output));
  }
}
