package io.dialogbert.job.report;

import java.util.Locale;

/**
 * The state of an output directory, with keys as in JSON.
 *
 * @param directory its name
 * @param job empty if nothing there says
 * @param state of what is being made there, otherwise of what is there
 * @param since in ISO 8601: when a finished output was begun, when an unfinished one was last
 *     written to
 * @param rows null if it counts none or is not finished
 */
record OutputStatus(String directory, String job, State state, String since, Long rows) {
  enum State {
    DONE,
    /** Done, but an input has been made again since. */
    STALE,
    RUNNING,
    /** Begun, and then failed, killed or stopped; an older output may still be there. */
    STOPPED;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
