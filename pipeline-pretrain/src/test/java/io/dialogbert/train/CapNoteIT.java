package io.dialogbert.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.frame.JobMain;
import io.dialogbert.job.JobRun;
import io.dialogbert.pretrain.EvaluateEncoderJob;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is reported about dynamic masks, based on the examples' manifest. */
final class CapNoteIT {
  private static final String NOTE =
      "note: max-predictions-per-seq = 8 caps masked-lm-prob = 0.3: of the longest example's"
          + " 38 tokens 8 are predicted (0.2105) where the share would be 11";

  @TempDir Path work;

  @Test
  void saysThatTheCapOnPredictionsBites() {
    TinyStages.make(work, 2, 10, "pairing=full-sentences", "max-sequence-length=40");
    JobRun capped = TinyStages.pretrain(work, "capped", "pretrain.masked-lm-prob=0.3");
    assertThat(capped.exitCode()).as(capped.printed()).isEqualTo(JobMain.DONE);
    assertThat(capped.out()).contains(NOTE);
    assertThat(evaluate("capped-too", "masked-lm-prob=0.3").out()).contains(NOTE);
    assertThat(evaluate("free").out()).doesNotContain("note:");
  }

  private JobRun evaluate(String output, String... settings) {
    Stream<String> paths =
        Stream.of(
            "checkpoint=" + work.resolve("capped"),
            "examples=" + work.resolve("examples"),
            "output=" + work.resolve(output),
            "split=validation");
    JobRun run =
        JobRun.of(
            new EvaluateEncoderJob(),
            Stream.concat(paths, Stream.of(settings))
                .map(setting -> "evaluate-encoder." + setting)
                .toArray(String[]::new));
    assertThat(run.exitCode()).as(run.printed()).isEqualTo(JobMain.DONE);
    return run;
  }
}
