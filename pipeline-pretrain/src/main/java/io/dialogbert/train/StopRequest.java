package io.dialogbert.train;

import io.dialogbert.train.run.RunDirectory;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.spark.util.SignalUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A request to stop training after the current round: SIGTERM to the driver, or a stop file. */
final class StopRequest {
  private static final Logger LOG = LoggerFactory.getLogger(StopRequest.class);
  private static final AtomicBoolean TERMINATED = new AtomicBoolean();
  private static final AtomicBoolean LISTENS = new AtomicBoolean();

  private final RunDirectory run;

  private StopRequest(RunDirectory run) {
    this.run = run;
  }

  static StopRequest listen(RunDirectory run) {
    if (LISTENS.compareAndSet(false, true)) {
      // A second signal ends the process, because it is not marked as handled.
      SignalUtils.register(
          "TERM",
          () -> {
            LOG.info("stops after this round; terminate again to stop at once");
            return TERMINATED.compareAndSet(false, true);
          });
    }
    return new StopRequest(run);
  }

  /** Whether a stop was requested; deletes the stop file. */
  boolean isAsked() throws IOException {
    return TERMINATED.get() || run.takeStopFile();
  }
}
