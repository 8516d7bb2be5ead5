package io.dialogbert.distill;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.store.Directories;
import io.dialogbert.frame.store.Manifest;
import io.dialogbert.job.JobRun;
import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.train.Checkpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.io.FileUtils;
import org.apache.hadoop.conf.Configuration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Which classes a classifier knows, and that a student is the same however it is made. */
final class ClassesIT {
  /** Trains as good as not at all, so that a classifier stays as it began. */
  private static final String AT_REST = "finetune.training.learning-rate=1e-9";

  @TempDir static Path work;

  @BeforeAll
  static void fineTuneATeacher() {
    TinyTasks.pretrained(work);
    TinyTasks.taskData(work, "moods", "good", "bad", "so");
    TinyTasks.taskData(work, "turned", "bad", "good", "so");
    TinyTasks.taskData(work, "more", "good", "bad", "so", "what");
    done(TinyTasks.finetune(work, "pretrained", "moods", "teacher"));
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

  private static ComputationGraph network(String directory) throws IOException {
    return ComputationGraph.load(work.resolve(directory).resolve("model.zip").toFile(), true);
  }

  /** Matrices come first; the classifier's is the last of them, its bias the last of all. */
  private static INDArray classifierBias(String directory, int numClasses) throws IOException {
    INDArray params = network(directory).params().reshape(-1);
    return params.get(NDArrayIndex.interval(params.length() - numClasses, params.length()));
  }

  @Test
  void goesOnWithTheClassifierOfTheSameClassesAndSaysSo() throws IOException {
    JobRun run = done(TinyTasks.finetune(work, "teacher", "moods", "again", AT_REST));
    assertThat(run.out())
        .contains(
            "note: "
                + work.resolve("teacher")
                + " has a classifier for the same classes, 3 reactions (",
            "; it is trained further");
    assertThat(classifierBias("again", 3).equalsWithEps(classifierBias("teacher", 3), 1e-6))
        .isTrue();
    assertThat(manifest("again").figures().get("test_accuracy_before"))
        .isEqualTo(manifest("teacher").figures().get("test_accuracy"));
  }

  @Test
  void beginsAnewWithOtherClassesAndSaysSo() throws IOException {
    for (String other : new String[] {"turned", "more"}) {
      int numClasses = other.equals("more") ? 4 : 3;
      JobRun run = done(TinyTasks.finetune(work, "teacher", other, "of-" + other, AT_REST));
      assertThat(run.out())
          .contains(
              work.resolve("teacher") + " has a classifier for other classes, 3 reactions (",
              ", than " + work.resolve(other) + ", " + numClasses + " reactions (",
              "; its encoder gets a new classifier");
      assertThat(classifierBias("of-" + other, numClasses).norm2Number().doubleValue())
          .as("%s: a classifier starts with no bias", other)
          .isLessThan(1e-7);
    }
    assertThat(classifierBias("teacher", 3).norm2Number().doubleValue()).isGreaterThan(1e-6);
  }

  @Test
  void saysNothingOfAnEncoderWithoutAClassifier() throws IOException {
    JobRun run = done(TinyTasks.finetune(work, "pretrained", "moods", "quiet"));
    assertThat(run.out()).doesNotContain("note:");
  }

  @Test
  void refusesATeacherOfOtherClassesNamingBoth() {
    for (String other : new String[] {"turned", "more"}) {
      JobRun run = TinyTasks.distill(work, "teacher", other, "refused");
      assertThat(run.exitCode()).as(run.printed()).isEqualTo(JobMain.BAD_INPUT);
      assertThat(run.err())
          .contains(
              "teacher and task data must have the same classes: "
                  + work.resolve("teacher")
                  + " was fine-tuned on 3 reactions (",
              ", "
                  + work.resolve(other)
                  + " has "
                  + (other.equals("more") ? 4 : 3)
                  + " reactions (");
    }
    assertThat(work.resolve("refused")).doesNotExist();
  }

  @Test
  void countsTheMostFrequentClassAndScoresTheWholeTestSplit() throws IOException {
    Manifest teacher = manifest("teacher");
    double expected =
        IntStream.range(0, TinyTasks.NUM_HELD_OUT).filter(i -> TinyTasks.label(i, 3) == 1).count()
            / (double) TinyTasks.NUM_HELD_OUT;
    assertThat(teacher.figures().get("baseline_most_frequent_class_accuracy")).isEqualTo(expected);
    assertThat(teacher.counts())
        .containsEntry("test_examples", (long) TinyTasks.NUM_HELD_OUT)
        .containsEntry("rows_in", (long) TinyTasks.NUM_TRAIN);
    assertThat(Files.readString(work.resolve("teacher").resolve("metrics.jsonl")))
        .as("without a teacher there is no soft loss")
        .contains("\"loss\"")
        .doesNotContain("soft_loss");
    assertThat(work.resolve("teacher").resolve("_before")).doesNotExist();
  }

  /** The figures of the manifest are those of the saved step's line in the metrics. */
  @Test
  void recordsWhatTheSavedStepScoredOnHeldOutExamples() throws IOException {
    Manifest teacher = manifest("teacher");
    String line =
        Files.readAllLines(work.resolve("teacher").resolve("metrics.jsonl")).stream()
            .filter(l -> l.contains("\"event\":\"evaluation\""))
            .filter(l -> l.contains("\"step\":" + teacher.counts().get("saved_step") + ","))
            .findFirst()
            .orElseThrow();
    assertThat(line)
        .contains("\"loss\":" + teacher.figures().get("validation_loss"))
        .contains("\"accuracy\":" + teacher.figures().get("validation_accuracy"));
  }

  private static INDArray parameter(String directory, String name) throws IOException {
    ComputationGraph graph =
        Checkpoint.load(new Directories(new Configuration()), work.resolve(directory).toString())
            .graph();
    return Graphs.layout(graph).view(graph.params().reshape(-1), name);
  }

  @Test
  void startsAStudentAsTheTeachersLastLayerAndScoresBoth() throws IOException {
    JobRun run =
        done(
            TinyTasks.distill(
                work, "teacher", "moods", "newborn", "distill.training.learning-rate=1e-9"));
    assertThat(run.out()).contains("  they agree on the test split: same class ");
    for (String name :
        List.of(
            "embeddings.word_embeddings",
            "encoder.layer.0.output.dense.weight",
            "classifier.weight",
            "classifier.bias")) {
      assertThat(parameter("newborn", name))
          .as(name)
          .matches(
              started ->
                  started.equalsWithEps(
                      parameterOfTeacher(name.replace("layer.0", "layer.1")), 1e-6));
    }
    Manifest newborn = manifest("newborn");
    assertThat(newborn.figures().get("teacher_test_accuracy"))
        .isEqualTo(manifest("teacher").figures().get("test_accuracy"));
    assertThat(newborn.counts())
        .containsEntry("teacher_parameters", network("teacher").numParams())
        .containsEntry("student_parameters", network("newborn").numParams());
  }

  private static INDArray parameterOfTeacher(String name) {
    try {
      return parameter("teacher", name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void makesTheSameStudentWhateverThePartitionsAndThoughItWasStopped() throws IOException {
    done(TinyTasks.distill(work, "teacher", "moods", "student"));
    Manifest student = manifest("student");
    assertThat(student.files().stream().map(Manifest.OutputFile::path))
        .contains("taught/part-00000.zstd.parquet", "taught/part-00002.zstd.parquet");
    assertThat(student.rows("taught")).isEqualTo(TinyTasks.NUM_TRAIN);
    assertThat(student.counts()).containsEntry("rows_in", (long) TinyTasks.NUM_TRAIN);
    assertThat(Files.readString(work.resolve("student").resolve("metrics.jsonl")))
        .as("it learns from the teacher")
        .contains("\"soft_loss\"");

    done(
        TinyTasks.distill(
            work,
            "teacher",
            "moods",
            "other-partitions",
            "spark.master=local[3]",
            "spark.sql.shuffle.partitions=7",
            "spark.default.parallelism=5"));
    assertSame(student, "other-partitions");

    // As if the process had been killed after two steps.
    Path states = work.resolve("resumed-checkpoints");
    FileUtils.copyDirectory(work.resolve("student-checkpoints").toFile(), states.toFile());
    FileUtils.deleteDirectory(states.resolve("step-000000000004").toFile());
    FileUtils.deleteDirectory(states.resolve("step-000000000006").toFile());
    done(TinyTasks.distill(work, "teacher", "moods", "resumed", "--resume"));
    assertSame(student, "resumed");
  }

  private static void assertSame(Manifest student, String other) throws IOException {
    // INDArrays are equal if they differ little.
    assertThat(network(other).params().toFloatVector())
        .as(other)
        .isEqualTo(network("student").params().toFloatVector());
    assertThat(taught(manifest(other))).as(other).isEqualTo(taught(student));
    assertThat(manifest(other).figures().get("student_test_accuracy"))
        .as(other)
        .isEqualTo(student.figures().get("student_test_accuracy"));
  }

  private static List<Manifest.OutputFile> taught(Manifest manifest) {
    return manifest.files().stream().filter(file -> file.path().startsWith("taught/")).toList();
  }
}
