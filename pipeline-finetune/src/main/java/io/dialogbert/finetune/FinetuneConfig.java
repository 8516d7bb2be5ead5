package io.dialogbert.finetune;

import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.train.TrainingConfig;

/**
 * Settings of {@link FinetuneJob}.
 *
 * @param checkpoint directory that pretrain wrote
 * @param taskData directory that build-task-data wrote
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
