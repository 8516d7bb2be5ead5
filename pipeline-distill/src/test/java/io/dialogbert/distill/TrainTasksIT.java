package io.dialogbert.distill;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.finetune.train.EvaluateTaskJob;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.store.Directories;
import io.dialogbert.frame.store.Manifest;
import io.dialogbert.job.JobRun;
import io.dialogbert.task.TaskSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.apache.hadoop.conf.Configuration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A class head and sentence vectors on one encoder. */
final class TrainTasksIT {
  private static final String VECTORS = "train-tasks.method=vectors";

  @TempDir static Path work;

  @BeforeAll
  static void makeTasks() {
    TinyTasks.pretrained(work);
    TinyTasks.taskData(work, "reactions", "응", "아니", "글쎄");
    TinyTasks.pairs(work, "pairs", TaskSpec.Kind.PAIR_SCORES);
  }

  private static JobRun done(JobRun run) {
    assertThat(run.exitCode()).as(run.printed()).isEqualTo(JobMain.DONE);
    return run;
  }

  private static Manifest manifest(String directory) throws IOException {
    return new Directories(new Configuration())
        .manifest(work.resolve(directory).toString())
        .orElseThrow();
  }

  /** INDArrays are equal if they differ little. */
  private static float[] params(String directory) throws IOException {
    return ComputationGraph.load(work.resolve(directory).resolve("model.zip").toFile(), true)
        .params()
        .toFloatVector();
  }

  private static String paths(String setting, String... directories) {
    return Stream.of(directories)
        .map(directory -> "\"" + work.resolve(directory) + "\"")
        .collect(Collectors.joining(",", "train-tasks." + setting + "=[", "]"));
  }

  private static JobRun train(String output, String... more) {
    List<String> paths = new ArrayList<>();
    paths.add("train-tasks.checkpoint=" + work.resolve("pretrained"));
    paths.add(paths("task-data", "reactions", "pairs"));
    paths.add("train-tasks.output=" + work.resolve(output));
    return TinyTasks.training(new TrainTasksJob(), paths, more);
  }

  @Test
  void trainsOneEncoderWhoseTasksEachHaveANetwork() throws IOException {
    done(train("joint", VECTORS, "train-tasks.training.learning-rate=3e-3"));
    Manifest joint = manifest("joint");
    Map<String, Double> figures = joint.figures();
    assertThat(figures.get("validation_mean_score"))
        .isEqualTo(
            (figures.get("validation_reactions_accuracy")
                    + figures.get("validation_pairs_spearman"))
                / 2);
    assertThat(figures.get("test_mean_score"))
        .isEqualTo(
            (figures.get("test_reactions_accuracy") + figures.get("test_pairs_spearman")) / 2);
    assertThat(Files.readString(work.resolve("joint").resolve("metrics.jsonl")))
        .contains("\"reactions_loss\"", "\"pairs_loss\"");
    for (String task : List.of("reactions/accuracy", "pairs/spearman")) {
      String name = task.split("/")[0];
      String figure = task.split("/")[1];
      done(
          JobRun.of(
              new EvaluateTaskJob(),
              "evaluate-task.checkpoint=" + work.resolve("joint/tasks/" + name),
              "evaluate-task.task-data=" + work.resolve(name),
              "evaluate-task.output=" + work.resolve("evaluated-" + name)));
      assertThat(manifest("evaluated-" + name).figures().get(figure))
          .isEqualTo(figures.get("test_" + name + "_" + figure));
    }

    JobRun together =
        JobRun.of(
            new EvaluateTaskJob(),
            "evaluate-task.checkpoint=" + work.resolve("joint"),
            "evaluate-task.task-data=" + work.resolve("pairs"),
            "evaluate-task.output=" + work.resolve("evaluated"));
    assertThat(together.exitCode()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(together.err()).contains(work.resolve("joint") + " is of several tasks; give");

    // As if it had been killed after two steps.
    Path states = work.resolve("resumed-checkpoints");
    FileUtils.copyDirectory(work.resolve("joint-checkpoints").toFile(), states.toFile());
    FileUtils.deleteDirectory(states.resolve("step-000000000004").toFile());
    FileUtils.deleteDirectory(states.resolve("step-000000000006").toFile());
    done(train("resumed", "--resume", VECTORS, "train-tasks.training.learning-rate=3e-3"));
    assertThat(params("resumed")).isEqualTo(params("joint"));
  }

  @Test
  void learnsFromATeacherOfEachTask() throws IOException {
    done(TinyTasks.finetune(work, "pretrained", "reactions", "reactor"));
    done(TinyTasks.finetune(work, "pretrained", "pairs", "matcher", "finetune.method=vectors"));
    done(TinyTasks.teach(work, "pairs", "vectors", "teach.teacher=" + work.resolve("matcher")));
    done(train("taught", VECTORS, paths("teachers", "reactor", "vectors")));
    assertThat(manifest("taught").figures())
        .containsEntry(
            "teacher_test_reactions_accuracy", manifest("reactor").figures().get("test_accuracy"))
        .doesNotContainKey("teacher_test_pairs_spearman");
    assertThat(Files.readString(work.resolve("taught").resolve("metrics.jsonl")))
        .contains("\"reactions_soft_loss\"", "\"pairs_soft_loss\"");

    JobRun crossed = train("crossed", paths("teachers", "reactor", "vectors"));
    assertThat(crossed.exitCode()).isEqualTo(JobMain.BAD_CONFIG);
    assertThat(crossed.err())
        .contains("task pairs is learned by a head score of 1 outputs, its teacher");
    JobRun swapped = train("swapped", VECTORS, paths("teachers", "vectors", "reactor"));
    assertThat(swapped.exitCode()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(swapped.err()).contains(work.resolve("vectors") + " is of pairs (pair-scores)");
  }

  @Test
  void refusesTasksOfOneNameAndTeachersOfSomeTasks() {
    TinyTasks.pairs(work, "replies", TaskSpec.Kind.REPLIES);
    JobRun same = train("same", paths("task-data", "pairs", "replies"));
    assertThat(same.exitCode()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(same.err())
        .contains(work.resolve("replies") + " has the name of another task, pairs");
    TinyTasks.pairs(work, "tags", TaskSpec.Kind.TAGS);
    JobRun tags = train("tagged", paths("task-data", "pairs", "tags"));
    assertThat(tags.exitCode()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(tags.err())
        .contains("train-tasks is for tasks in which an example has one answer")
        .contains("finetune learns tags");
    JobRun few = train("few", paths("task-data", "pairs"), paths("teachers", "pairs", "pairs"));
    assertThat(few.exitCode()).isEqualTo(JobMain.BAD_CONFIG);
    assertThat(few.err())
        .contains("must be at least two directories", "must be empty or name one for each");
  }
}
