package io.dialogbert.model.dl4j;

import io.dialogbert.model.head.Losses;

/**
 * The loss or the gradient norm of a training step is infinite or NaN. Thrown before the step's
 * update, so the parameters are still those of the last good step.
 */
public class NonFiniteLossException extends RuntimeException {
  public NonFiniteLossException(int iteration, Losses losses) {
    super(
        "loss is not finite in iteration "
            + iteration
            + ": "
            + losses.means()
            + "; lower the learning rate or the gradient clip, and go on from the last checkpoint");
  }
}
