package io.dialogbert.distill;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.apache.hadoop.conf.Configuration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Students of scores, of sentence vectors and of replies. */
final class TaughtKindsIT {
  @TempDir static Path work;

  @BeforeAll
  static void makeTasks() {
    TinyTasks.pretrained(work);
    TinyTasks.pairs(work, "pairs", TaskSpec.Kind.PAIR_SCORES);
    TinyTasks.pairs(work, "replies", TaskSpec.Kind.REPLIES);
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

  private static void finetune(String task, String teacher, String... more) {
    List<String> arguments = new ArrayList<>(List.of("finetune.training.learning-rate=3e-3"));
    arguments.addAll(List.of(more));
    done(TinyTasks.finetune(work, "pretrained", task, teacher, arguments.toArray(String[]::new)));
  }

  /** A student of kept answers is the one of the network; gives its manifest. */
  private static Manifest distill(String task, String teacher, String student, String... more)
      throws IOException {
    done(TinyTasks.distill(work, teacher, task, student, more));
    String kept = student + "-taught";
    done(TinyTasks.teach(work, task, kept, "teach.teacher=" + work.resolve(teacher)));
    List<String> arguments = new ArrayList<>(List.of(more));
    arguments.add("distill.teachers=[\"" + work.resolve(kept) + "\"]");
    done(
        TinyTasks.distill(
            work, teacher, task, student + "-again", arguments.toArray(String[]::new)));
    assertThat(params(student + "-again")).isEqualTo(params(student));
    assertThat(Files.readString(work.resolve(student).resolve("metrics.jsonl")))
        .contains("\"soft_loss\"");
    return manifest(student);
  }

  @Test
  void learnsScores() throws IOException {
    finetune("pairs", "scorer");
    Manifest student = distill("pairs", "scorer", "small-scorer");
    assertThat(student.figures())
        .containsKeys("teacher_test_spearman", "student_test_spearman", "student_latency_ms")
        .doesNotContainKey("student_test_vector_variance");
    assertThat(student.figures().get("test_agreement")).isBetween(-1.0, 1.0);
    assertThat(student.figures().get("teacher_test_spearman"))
        .isEqualTo(manifest("scorer").figures().get("test_spearman"));
  }

  @Test
  void learnsSentenceVectorsAndReportsTheirVariance() throws IOException {
    finetune("pairs", "vectors", "finetune.method=vectors");
    Manifest student = distill("pairs", "vectors", "small-vectors", "distill.hard-weight=0");
    assertThat(student.figures().get("student_test_vector_variance")).isBetween(1e-6, 1.0);
    assertThat(student.figures().get("teacher_test_vector_variance")).isBetween(1e-6, 1.0);
    assertThat(student.figures())
        .containsKeys("student_test_spearman", "validation_vector_variance", "test_agreement");
    done(TinyTasks.distill(work, "vectors", "pairs", "translated", "distill.translations=true"));
    assertThat(params("translated")).isNotEqualTo(params("small-vectors"));
  }

  @Test
  void learnsRepliesWithNegatives() throws IOException {
    finetune("replies", "matcher", "finetune.method=vectors");
    Manifest student = distill("replies", "matcher", "small-matcher");
    assertThat(student.figures())
        .containsKeys("student_test_r100_at_1", "teacher_test_r100_at_1", "test_agreement");
    JobRun run =
        TinyTasks.distill(
            work,
            "matcher",
            "replies",
            "of-two",
            "distill.teachers=[\"%1$s\", \"%1$s\"]".formatted(work.resolve("matcher")));
    assertThat(run.exitCode()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(run.err()).contains("there must be one teacher of sentence vectors, are 2");
    finetune("replies", "reader");
    run = TinyTasks.distill(work, "reader", "replies", "of-reader");
    assertThat(run.exitCode()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(run.err()).contains(work.resolve("reader") + " reads contexts with their replies");
  }

  @Test
  void refusesATeacherOfAnotherKindAndTranslationsWithoutVectors() {
    finetune("pairs", "other-scorer");
    JobRun run = TinyTasks.distill(work, "other-scorer", "replies", "refused");
    assertThat(run.exitCode()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(run.err())
        .contains(
            work.resolve("other-scorer") + " is of pairs (pair-scores), ",
            work.resolve("replies") + " has pairs (replies)");
    run = TinyTasks.distill(work, "other-scorer", "pairs", "refused", "distill.translations=true");
    assertThat(run.exitCode()).isEqualTo(JobMain.BAD_CONFIG);
    assertThat(run.err())
        .contains("translations must be false where no sentence vectors are learned");
  }
}
