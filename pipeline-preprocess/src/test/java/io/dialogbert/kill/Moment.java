package io.dialogbert.kill;

/** How far a run had got when it, or an executor of it, was killed. */
enum Moment {
  BEFORE_WRITING,
  WRITING,
  /** What was written is being put in its place. */
  COMMITTING,
  /** All is in its place; the run has not ended yet. */
  AFTER
}
