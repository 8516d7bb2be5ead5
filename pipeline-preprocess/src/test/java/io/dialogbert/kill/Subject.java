package io.dialogbert.kill;

import java.io.IOException;
import java.util.Optional;

/** What a job makes or changes, as others see it while the job runs, dies and runs again. */
interface Subject {
  /**
   * Restores the state before a run.
   *
   * @param replaces whether there is an older output for the run to replace
   */
  void reset(boolean replaces) throws IOException;

  /** How far the run has come since {@link #reset}. */
  Moment moment() throws IOException;

  /** Records the current state as the result of an undisturbed run. */
  void learn() throws IOException;

  /** What a reader would take for complete now although it is not, if anything. */
  Optional<String> halfWritten() throws IOException;

  /** What is wrong after a driver was killed and before it runs again, if anything. */
  Optional<String> wrongWhenKilled() throws IOException;

  /** What is wrong after a run that completed, if anything. */
  Optional<String> wrongWhenDone() throws IOException;
}
