package io.dialogbert.distill;

import io.dialogbert.distill.student.StudentConfig;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.train.TrainingConfig;
import java.util.List;

/**
 * Settings of {@link DistillJob}.
 *
 * @param teacher output directory of finetune; the student is made from it and compared with it
 * @param teachers whom the student learns from: output directories of teach, finetune or distill;
 *     empty for {@code teacher} alone
 * @param taskData output directory of build-task-data
 * @param student its shape and start
 * @param states what the student learns of the teacher's layers
 * @param translations whether the second text of a pair is a translation of the first
 */
public record DistillConfig(
    String teacher,
    List<String> teachers,
    String taskData,
    String output,
    StudentConfig student,
    DistillationLoss loss,
    StatesConfig states,
    boolean translations,
    TrainingConfig training) {

  static DistillConfig read(ConfigReader in) {
    return read(
        in, StudentConfig.read(in.section("student")), StatesConfig.read(in.section("states")));
  }

  /** The settings of a job that chooses the student itself. */
  public static DistillConfig read(ConfigReader in, StudentConfig student) {
    return read(in, student, StatesConfig.NONE);
  }

  private static DistillConfig read(ConfigReader in, StudentConfig student, StatesConfig states) {
    String output = in.path("output");
    TrainingConfig training = TrainingConfig.read(in.section("training"), output);
    return new DistillConfig(
        in.path("teacher"),
        in.optionalPaths("teachers"),
        in.path("task-data"),
        output,
        student,
        DistillationLoss.read(in, training.numSteps()),
        states,
        in.flag("translations"),
        training);
  }
}
