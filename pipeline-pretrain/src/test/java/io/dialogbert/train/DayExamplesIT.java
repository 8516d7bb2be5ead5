package io.dialogbert.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.store.Manifest;
import io.dialogbert.job.JobRun;
import io.dialogbert.job.SampleChain;
import io.dialogbert.pretrain.EvaluateEncoderJob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Examples that were made day by day, as one input. */
final class DayExamplesIT {
  @TempDir Path work;

  @Test
  void daysTrainAndAreScoredTogetherIfTheyAreOfOneTokenizer() throws IOException {
    day(work, 2, 20, "2026-11-24");
    day(work, 2, 12, "2026-11-25");
    Path days = work.resolve("days");

    JobRun trained = TinyStages.pretrain(work, "encoder", "pretrain.examples=" + days);
    assertThat(trained.exitCode()).as(trained.printed()).isEqualTo(JobMain.DONE);
    Manifest manifest = SampleChain.manifest(work.resolve("encoder"));
    assertThat(manifest.counts()).containsEntry("rows_in", 32L);
    assertThat(manifest.inputs())
        .filteredOn(input -> input.name().equals("examples"))
        .extracting(input -> Path.of(input.path()).getFileName().toString())
        .containsExactly("day=2026-11-24", "day=2026-11-25");
    assertThat(evaluate(days, "score").exitCode()).isEqualTo(JobMain.DONE);
    assertThat(SampleChain.manifest(work.resolve("score")).counts()).containsEntry("rows_in", 20L);

    Path other = Files.createDirectory(work.resolve("other"));
    day(other, 3, 12, "2026-11-26");
    Files.move(other.resolve("days/day=2026-11-26"), days.resolve("day=2026-11-26"));
    JobRun refused = evaluate(days, "refused");
    assertThat(refused.exitCode()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(refused.err()).contains("day=2026-11-26");
    JobRun some = evaluate(days.resolve("day=2026-11-2[45]"), "some");
    assertThat(some.exitCode()).as(some.printed()).isEqualTo(JobMain.DONE);
  }

  private static void day(Path place, int maxRepeats, int numExamples, String day)
      throws IOException {
    TinyStages.make(place, maxRepeats, numExamples);
    Path days = Files.createDirectories(place.resolve("days"));
    Files.move(place.resolve("examples"), days.resolve("day=" + day));
  }

  private JobRun evaluate(Path examples, String output) {
    List<String> settings =
        List.of(
            "evaluate-encoder.checkpoint=" + work.resolve("encoder"),
            "evaluate-encoder.examples=" + examples,
            "evaluate-encoder.output=" + work.resolve(output),
            "evaluate-encoder.split=validation");
    return JobRun.of(new EvaluateEncoderJob(), settings.toArray(String[]::new));
  }
}
