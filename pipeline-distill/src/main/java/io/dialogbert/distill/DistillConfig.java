package io.dialogbert.distill;

import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.train.TrainingConfig;

/**
 * Settings of {@link DistillJob}.
 *
 * @param teacher output directory of finetune
 * @param taskData output directory of build-task-data
 * @param numHiddenLayers number of layers of the student, initialized from evenly spaced layers of
 *     the teacher
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
