package io.dialogbert.train;

import io.dialogbert.common.JobFailedException;
import io.dialogbert.train.run.Position;

/** Too many rounds had a loss that was not finite or spiked. */
final class UnstableTrainingException extends JobFailedException {
  UnstableTrainingException(Position at) {
    super(
        "gave up "
            + at.skippedRounds()
            + " rounds whose loss was not finite or spiked, the last after step "
            + at.step()
            + "; allow more max-skipped-rounds and --resume, or lower the learning rate or"
            + " max-gradient-norm in a new run, with another training.checkpoints, which may"
            + " start from this one's last checkpoint (pretrain.start-from)",
        null);
  }
}
