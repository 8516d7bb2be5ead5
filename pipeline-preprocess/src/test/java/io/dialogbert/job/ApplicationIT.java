package io.dialogbert.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.job.ingest.IngestMessagesJob;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Spark, its web pages and its logs show about a job. */
class ApplicationIT {
  @Test
  void applicationIsNamedAfterItsJobAndSparkKnowsTheRowsRead(@TempDir Path temp)
      throws IOException {
    Path output = temp.resolve("messages-of-2019");
    JobRun run =
        JobRun.of(
            new IngestMessagesJob(),
            SampleChain.shared()
                .arguments(
                    "ingest-messages",
                    output,
                    "spark.extraListeners=" + ApplicationListener.class.getName()));
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(ApplicationListener.name).isEqualTo("ingest-messages messages-of-2019");
    // Rows that later stages read from the on-disk cache count again.
    assertThat(ApplicationListener.ROWS_READ.get())
        .isGreaterThanOrEqualTo(SampleChain.manifest(output).counts().get("rows_in"));
  }
}
