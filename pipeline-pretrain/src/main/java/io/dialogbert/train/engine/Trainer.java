package io.dialogbert.train.engine;

import io.dialogbert.model.head.Losses;

/**
 * One network that trains on one device.
 *
 * @param <B> a batch
 */
public interface Trainer<B> extends Predictor<B>, NetworkState, AutoCloseable {
  /**
   * Result of a step.
   *
   * @param loss the training loss before the step
   * @param losses its parts before the step, by name
   * @param gradientNorm L2 norm of the gradient, over all parameters, before clipping
   */
  record Step(double loss, Losses losses, double gradientNorm) {}

  /**
   * Takes one optimizer step.
   *
   * @throws io.dialogbert.model.dl4j.NonFiniteLossException if the loss or the gradient norm is not
   *     finite
   */
  Step step(B batch);

  /** Losses and hits of a batch, without dropout. */
  Losses score(B batch);

  @Override
  void close();
}
