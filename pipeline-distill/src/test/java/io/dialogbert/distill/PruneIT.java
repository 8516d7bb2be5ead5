package io.dialogbert.distill;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.distill.prune.PruneJob;
import io.dialogbert.finetune.train.EvaluateTaskJob;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.store.Directories;
import io.dialogbert.job.JobRun;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.train.Checkpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.io.FileUtils;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Structured pruning as a job. */
final class PruneIT {
  @TempDir Path work;

  private JobRun prune(String output, String... more) {
    List<String> arguments = new ArrayList<>();
    for (String setting :
        List.of(
            "checkpoint=" + work.resolve("teacher"),
            "task-data=" + work.resolve("reactions"),
            "output=" + work.resolve(output),
            "num-attention-heads=1",
            "intermediate-size=15",
            "iterations=2",
            "score-examples=20",
            "training.num-steps=4",
            "training.warmup-steps=1",
            "training.batch-size=8",
            "training.averaging-frequency=2",
            "training.evaluation-steps=2")) {
      arguments.add("prune." + setting);
    }
    arguments.addAll(List.of(more));
    return JobRun.of(new PruneJob(), arguments.toArray(String[]::new));
  }

  @Test
  void prunesInIterationsAndGoesOnWhereItStopped() throws IOException {
    TinyTasks.pretrained(work);
    TinyTasks.taskData(work, "reactions", "응", "아니", "글쎄");
    assertThat(TinyTasks.finetune(work, "pretrained", "reactions", "teacher").exitCode())
        .isEqualTo(JobMain.DONE);
    JobRun run = prune("pruned");
    assertThat(run.exitCode()).as(run.printed()).isEqualTo(JobMain.DONE);

    Directories directories = new Directories(new Configuration());
    Checkpoint pruned = Checkpoint.load(directories, work.resolve("pruned").toString());
    EncoderConfig encoder = Graphs.encoderConfig(pruned.graph());
    assertThat(encoder.numAttentionHeads()).isEqualTo(1);
    assertThat(encoder.headSize()).isEqualTo(8);
    assertThat(encoder.intermediateSize()).isEqualTo(15);
    assertThat(directories.manifest(work.resolve("pruned").toString()).orElseThrow().figures())
        .containsKeys("iteration.1", "iteration.2", "test_accuracy", "test_accuracy_before");
    JobRun measured =
        JobRun.of(
            new EvaluateTaskJob(),
            "evaluate-task.checkpoint=" + work.resolve("pruned"),
            "evaluate-task.task-data=" + work.resolve("reactions"),
            "evaluate-task.output=" + work.resolve("measured"));
    assertThat(measured.exitCode()).as(measured.printed()).isEqualTo(JobMain.DONE);

    // The states of the first run, as if it had been killed before its output was written.
    String states = "prune.training.checkpoints=" + work.resolve("again-checkpoints");
    assertThat(prune("lost", states).exitCode()).isEqualTo(JobMain.DONE);
    FileUtils.deleteDirectory(work.resolve("lost").toFile());
    JobRun resumed = prune("lost", states, "--resume");
    assertThat(resumed.exitCode()).as(resumed.printed()).isEqualTo(JobMain.DONE);
    assertThat(Checkpoint.load(directories, work.resolve("lost").toString()).graph().params())
        .isEqualTo(pruned.graph().params());

    JobRun more = prune("more", "prune.num-attention-heads=3");
    assertThat(more.exitCode()).isEqualTo(JobMain.BAD_CONFIG);
    assertThat(more.err())
        .contains("prune.num-attention-heads = 3 must be at most the network's 2");
  }
}
