package io.dialogbert.train;

/** Too many rounds had a loss that was not finite or leapt. */
public class UnstableTrainingException extends RuntimeException {
  UnstableTrainingException(Position at) {
    super(
        "gave up "
            + at.skippedRounds()
            + " rounds whose loss was not finite or leapt, the last after step "
            + at.step()
            + "; lower the learning rate or max-gradient-norm, or allow more max-skipped-rounds,"
            + " and go on from the last checkpoint");
  }
}
