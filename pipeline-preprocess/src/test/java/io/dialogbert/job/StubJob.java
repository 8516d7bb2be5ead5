package io.dialogbert.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.frame.Job;
import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.Lineage;
import io.dialogbert.frame.config.ConfigReader;
import java.io.IOException;
import java.util.stream.Stream;

/**
 * Stands in for a job whose output a test needs. It has the job's settings, reads no input, and
 * writes what the test specifies.
 */
public record StubJob<C>(Job<C> real, Body body) implements Job<C> {
  /** Writes the output. */
  @FunctionalInterface
  public interface Body {
    void run(JobContext job) throws IOException;
  }

  @Override
  public String name() {
    return real.name();
  }

  @Override
  public int format() {
    return real.format();
  }

  @Override
  public C configure(ConfigReader in) {
    return real.configure(in);
  }

  @Override
  public Lineage lineage(C config) {
    return Lineage.to(real.lineage(config).output());
  }

  @Override
  public void run(JobContext job, C config) throws IOException {
    body.run(job);
  }

  /**
   * Makes the output; fails if the job does.
   *
   * @param settings settings such as {@code output=/tmp/x}, by their names in the job's section
   */
  public void make(String... settings) {
    String[] full = Stream.of(settings).map(s -> name() + "." + s).toArray(String[]::new);
    JobRun run = JobRun.of(this, full);
    assertThat(run.exitCode()).as(run.printed()).isEqualTo(JobMain.DONE);
  }
}
