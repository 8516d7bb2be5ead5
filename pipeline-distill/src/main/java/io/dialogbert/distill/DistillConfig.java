package io.dialogbert.distill;

import io.dialogbert.distill.student.StudentConfig;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.train.TrainingConfig;

/**
 * Settings of {@link DistillJob}.
 *
 * @param teacher output directory of finetune
 * @param taskData output directory of build-task-data
 * @param student its shape and start
 */
public record DistillConfig(
    String teacher,
    String taskData,
    String output,
    StudentConfig student,
    DistillationLoss loss,
    TrainingConfig training) {

  static DistillConfig read(ConfigReader in) {
    return read(in, StudentConfig.read(in.section("student")));
  }

  /** The settings of a job that chooses the student itself. */
  public static DistillConfig read(ConfigReader in, StudentConfig student) {
    String output = in.path("output");
    return new DistillConfig(
        in.path("teacher"),
        in.path("task-data"),
        output,
        student,
        new DistillationLoss(
            in.doubleBetween("hard-weight", 0, 1e6),
            in.doubleBetween("soft-weight", 0, 1e6),
            in.doubleBetween("temperature", 0.01, 1000)),
        TrainingConfig.read(in.section("training"), output));
  }
}
