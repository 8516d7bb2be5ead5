package io.dialogbert.kill;

/** How far a run had come when it, or one of its executors, was killed. */
enum Moment {
  BEFORE_WRITING,
  WRITING,
  /** The output is being moved into place. */
  COMMITTING,
  /** Everything is in place; the run has not ended yet. */
  AFTER
}
