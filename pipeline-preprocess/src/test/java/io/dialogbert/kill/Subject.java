package io.dialogbert.kill;

import java.io.IOException;
import java.util.Optional;

/** What a job makes or changes, as others may find it while the job runs, is killed, runs again. */
interface Subject {
  /**
   * Puts everything as it is before a run.
   *
   * @param replaces whether there is an older output, which the run is to replace
   */
  void reset(boolean replaces) throws IOException;

  /** How far the run since {@link #reset} has got. */
  Moment moment() throws IOException;

  /** Takes what there is now for what an undisturbed run leaves. */
  void learn() throws IOException;

  /** What a reader would take for whole now although it is not, if there is anything. */
  Optional<String> halfWritten() throws IOException;

  /** What is wrong after a driver was killed and before it runs again, if anything. */
  Optional<String> wrongWhenKilled() throws IOException;

  /** What is wrong after a run that got to its end, if anything. */
  Optional<String> wrongWhenDone() throws IOException;
}
