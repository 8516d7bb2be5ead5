package io.dialogbert.distill;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.store.Directories;
import io.dialogbert.frame.store.Manifest;
import io.dialogbert.job.JobRun;
import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.model.head.Head;
import io.dialogbert.train.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.io.FileUtils;
import org.apache.hadoop.conf.Configuration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Students that learn what the teacher's layers compute. */
final class StatesIT {
  /** Half as wide as the teacher, with as many heads. */
  private static final String[] NARROW = {
    "distill.student.hidden-size=8",
    "distill.student.init=svd",
    "distill.states.hidden-weight=0.5",
    "distill.states.attention-weight=0.5",
    "distill.states.relation-weight=1",
    "distill.states.relation-heads=4"
  };

  private static final Directories DIRECTORIES = new Directories(new Configuration());

  @TempDir static Path work;

  @BeforeAll
  static void makeTeacher() {
    TinyTasks.pretrained(work);
    TinyTasks.taskData(work, "reactions", "응", "아니", "글쎄");
    done(TinyTasks.finetune(work, "pretrained", "reactions", "teacher"));
  }

  private static JobRun done(JobRun run) {
    assertThat(run.exitCode()).as(run.printed()).isEqualTo(JobMain.DONE);
    return run;
  }

  private static JobRun distill(String student, String... more) {
    return TinyTasks.distill(work, "teacher", "reactions", student, more);
  }

  private static ComputationGraph network(String directory) throws IOException {
    return Checkpoint.load(DIRECTORIES, work.resolve(directory).toString()).graph();
  }

  @Test
  void learnsStatesThroughMapsThatAreNotSaved() throws IOException {
    done(distill("narrow", NARROW));
    assertThat(Files.readString(work.resolve("narrow/metrics.jsonl")))
        .contains(
            "\"hidden0_loss\"",
            "\"hidden1_loss\"",
            "\"attention0_loss\"",
            "\"relation_loss\"",
            "\"soft_loss\"");
    ComputationGraph narrow = network("narrow");
    assertThat(Graphs.model(narrow).heads().stream().map(Head::name))
        .containsExactly(Head.CLASSIFIER);
    Manifest manifest = DIRECTORIES.manifest(work.resolve("narrow").toString()).orElseThrow();
    assertThat(manifest.counts())
        .containsEntry("num_parameters", narrow.numParams())
        .containsEntry("student_parameters", narrow.numParams());

    // As if it had been killed after two steps.
    Path states = work.resolve("resumed-checkpoints");
    FileUtils.copyDirectory(work.resolve("narrow-checkpoints").toFile(), states.toFile());
    FileUtils.deleteDirectory(states.resolve("step-000000000004").toFile());
    FileUtils.deleteDirectory(states.resolve("step-000000000006").toFile());
    String[] resumed = new String[NARROW.length + 1];
    resumed[0] = "--resume";
    System.arraycopy(NARROW, 0, resumed, 1, NARROW.length);
    done(distill("resumed", resumed));
    // INDArrays are equal if they differ little.
    assertThat(network("resumed").params().toFloatVector())
        .isEqualTo(narrow.params().toFloatVector());
  }

  @Test
  void namesWhatCannotBeLearnedBeforeTraining() {
    JobRun heads = distill("heads", "distill.states.relation-weight=1");
    assertThat(heads.exitCode()).isEqualTo(JobMain.BAD_CONFIG);
    assertThat(heads.err())
        .contains(
            "states.relation-heads = 12 must divide the width of the student's attention," + " 16");
    JobRun layers =
        distill("layers", "distill.states.hidden-weight=1", "distill.states.teacher-layers=[2]");
    assertThat(layers.exitCode()).isEqualTo(JobMain.BAD_CONFIG);
    assertThat(layers.err())
        .contains("states.teacher-layers has 2, which must be below the number");
    JobRun fewer =
        distill(
            "fewer", "distill.states.attention-weight=1", "distill.student.num-attention-heads=1");
    assertThat(fewer.exitCode()).isEqualTo(JobMain.BAD_CONFIG);
    assertThat(fewer.err())
        .contains(
            "attention-weight must be 0 for a student of 1 attention heads and a teacher of 2");
  }
}
