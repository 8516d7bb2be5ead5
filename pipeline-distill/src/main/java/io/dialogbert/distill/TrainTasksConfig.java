package io.dialogbert.distill;

import io.dialogbert.distill.student.StudentConfig;
import io.dialogbert.finetune.objective.ClassWeights;
import io.dialogbert.finetune.objective.ObjectiveConfig;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.train.TrainingConfig;
import java.util.HashSet;
import java.util.List;

/**
 * Settings of {@link TrainTasksJob}.
 *
 * @param checkpoint output directory of pretrain, or of a job that trains a task
 * @param taskData output directories of build-task-data, at least two
 * @param teachers whom each task learns from, in the order of the tasks: outputs of teach or
 *     networks; empty for the labels alone
 * @param student shape and start of the shared encoder
 * @param objective how tasks without classes are learned
 * @param samplingPower of the number of a task's examples, in proportion to which it is drawn
 */
public record TrainTasksConfig(
    String checkpoint,
    List<String> taskData,
    List<String> teachers,
    String output,
    StudentConfig student,
    ObjectiveConfig objective,
    double samplingPower,
    DistillationLoss loss,
    TrainingConfig training) {
  private static final String TASK_DATA = "task-data";
  private static final String TEACHERS = "teachers";

  static TrainTasksConfig read(ConfigReader in) {
    String output = in.path("output");
    List<String> data = in.paths(TASK_DATA);
    List<String> teachers = in.optionalPaths(TEACHERS);
    if (data.size() == 1 || new HashSet<>(data).size() < data.size()) {
      in.problem(TASK_DATA, "must be at least two directories, none twice; is " + data);
    }
    if (!teachers.isEmpty() && teachers.size() != data.size()) {
      in.problem(
          TEACHERS,
          "must be empty or name one for each of task-data; are %d for %d"
              .formatted(teachers.size(), data.size()));
    }
    TrainingConfig training = TrainingConfig.read(in.section("training"), output);
    DistillationLoss loss = DistillationLoss.read(in, training.numSteps());
    return new TrainTasksConfig(
        in.path("checkpoint"),
        data,
        teachers,
        output,
        StudentConfig.read(in.section("student")),
        new ObjectiveConfig(
            in.choice("method", ObjectiveConfig.Method.class),
            in.choice("vector-loss", ObjectiveConfig.VectorLoss.class),
            in.doubleBetween("scale", 1e-3, 1e6),
            List.of(),
            in.intBetween("num-negatives", 1, 1000),
            ClassWeights.NONE),
        in.doubleBetween("sampling-power", 0, 1),
        teachers.isEmpty() ? DistillationLoss.ofLabels() : loss,
        training);
  }

  /** The job's name for a task's data. */
  static String data(int task) {
    return TASK_DATA + "-" + (task + 1);
  }

  /** The job's name for a task's teacher. */
  static String teacher(int task) {
    return "teacher-" + (task + 1);
  }
}
