package io.dialogbert.distill;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.distill.search.FindStudentJob;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.store.Directories;
import io.dialogbert.frame.store.Manifest;
import io.dialogbert.job.JobRun;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.train.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.io.FileUtils;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The search for a student as a job. */
final class FindStudentIT {
  @TempDir Path work;

  private final Directories directories = new Directories(new Configuration());

  private JobRun find(String output, String... more) {
    List<String> arguments = new ArrayList<>();
    for (String setting :
        List.of(
            "teacher=" + work.resolve("teacher"),
            "task-data=" + work.resolve("reactions"),
            "output=" + work.resolve(output),
            "candidates=[\"2/16/2/24\", \"1/16/2/12\", \"1/8/2/12\", \"3/16/2/24\"]",
            "max-lost-points=100",
            "training.num-steps=8",
            "training.warmup-steps=1",
            "training.batch-size=8",
            "training.averaging-frequency=2",
            "training.evaluation-steps=3")) {
      arguments.add("find-student." + setting);
    }
    arguments.addAll(List.of(more));
    return JobRun.of(new FindStudentJob(), arguments.toArray(String[]::new));
  }

  @Test
  void findsWhatDistillationWouldMakeOfThePick() throws IOException {
    TinyTasks.pretrained(work);
    TinyTasks.taskData(work, "reactions", "응", "아니", "글쎄");
    assertThat(TinyTasks.finetune(work, "pretrained", "reactions", "teacher").exitCode())
        .isEqualTo(JobMain.DONE);
    JobRun run = find("found");
    assertThat(run.exitCode()).as(run.printed()).isEqualTo(JobMain.DONE);
    assertThat(run.printed()).contains("left out as larger than the teacher: [3/16/2/24]");
    Manifest manifest = directories.manifest(work.resolve("found").toString()).orElseThrow();
    assertThat(manifest.counts()).containsEntry("candidates", 3L);
    assertThat(Files.readString(work.resolve("found/candidates.txt")))
        .contains("2/16/2/24", "1/16/2/12", "1/8/2/12");
    assertThat(work.resolve("found/candidates.svg")).exists();
    assertThat(work.resolve("found/candidates")).isDirectory();

    Checkpoint found = Checkpoint.load(directories, work.resolve("found").toString());
    EncoderConfig shape = Graphs.encoderConfig(found.graph());
    JobRun distilled =
        TinyTasks.distill(
            work,
            "teacher",
            "reactions",
            "alone",
            "distill.student.num-hidden-layers=" + shape.numHiddenLayers(),
            "distill.student.hidden-size=" + shape.hiddenSize(),
            "distill.student.intermediate-size=" + shape.intermediateSize(),
            "distill.student.init=" + (shape.hiddenSize() == 16 ? "layers" : "svd"),
            "distill.training.num-steps=8",
            "distill.training.evaluation-steps=3");
    assertThat(distilled.exitCode()).as(distilled.printed()).isEqualTo(JobMain.DONE);
    assertThat(Checkpoint.load(directories, work.resolve("alone").toString()).graph().params())
        .isEqualTo(found.graph().params());

    // As if it had been killed before its output was written.
    String states = Files.readString(work.resolve("found-checkpoints/search.json"));
    FileUtils.deleteDirectory(work.resolve("found").toFile());
    JobRun again = find("found");
    assertThat(again.exitCode()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(again.err()).contains("holds an earlier search; --resume goes on with it");
    JobRun resumed = find("found", "--resume");
    assertThat(resumed.exitCode()).as(resumed.printed()).isEqualTo(JobMain.DONE);
    assertThat(Files.readString(work.resolve("found-checkpoints/search.json"))).isEqualTo(states);
    assertThat(Checkpoint.load(directories, work.resolve("found").toString()).graph().params())
        .isEqualTo(found.graph().params());

    JobRun small = find("small", "find-student.max-parameters=10");
    assertThat(small.exitCode()).isEqualTo(JobMain.BAD_CONFIG);
    assertThat(small.err())
        .contains("no candidate is within max-parameters = 10; the nearest is 1/8/2/12 with");
    JobRun large = find("large", "find-student.candidates=[\"3/32/2/24\", \"oops\"]");
    assertThat(large.exitCode()).isEqualTo(JobMain.BAD_CONFIG);
    assertThat(large.err()).contains("such as 4/312/12/1200; one is oops");
  }
}
