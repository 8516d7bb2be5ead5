package io.dialogbert.distill;

import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.model.head.DistillationLoss;
import io.dialogbert.train.TrainingConfig;

/**
 * Settings of {@link DistillJob}.
 *
 * @param teacher directory that finetune wrote
 * @param taskData directory that build-task-data wrote
 * @param numHiddenLayers layers of the student; it starts as an even choice of the teacher's
 */
public record DistillConfig(
    String teacher,
    String taskData,
    String output,
    int numHiddenLayers,
    DistillationLoss loss,
    TrainingConfig training) {

  static DistillConfig read(ConfigReader in) {
    String output = in.path("output");
    return new DistillConfig(
        in.path("teacher"),
        in.path("task-data"),
        output,
        in.intBetween("num-hidden-layers", 1, 1000),
        new DistillationLoss(
            in.doubleBetween("hard-weight", 0, 1e6),
            in.doubleBetween("soft-weight", 0, 1e6),
            in.doubleBetween("temperature", 0.01, 1000)),
        TrainingConfig.read(in.section("training"), output));
  }
}
