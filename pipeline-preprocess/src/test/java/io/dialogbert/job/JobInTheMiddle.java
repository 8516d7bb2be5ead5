package io.dialogbert.job;

import io.dialogbert.frame.Job;
import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.Lineage;
import io.dialogbert.frame.config.ConfigReader;
import java.io.IOException;

/** A job with an event after its inputs are listed and before it reads them. */
public record JobInTheMiddle<C>(Job<C> job, Event event) implements Job<C> {
  /** What happens. */
  @FunctionalInterface
  public interface Event {
    void happen() throws IOException;
  }

  @Override
  public String name() {
    return job.name();
  }

  @Override
  public int format() {
    return job.format();
  }

  @Override
  public C configure(ConfigReader in) {
    return job.configure(in);
  }

  @Override
  public Lineage lineage(C config) {
    return job.lineage(config);
  }

  @Override
  public boolean changesInputs() {
    return job.changesInputs();
  }

  @Override
  public void run(JobContext context, C config) throws Exception {
    event.happen();
    job.run(context, config);
  }
}
