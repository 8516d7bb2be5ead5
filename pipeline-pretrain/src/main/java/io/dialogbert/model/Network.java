package io.dialogbert.model;

import io.dialogbert.model.kernel.DropoutSeeds;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An encoder with heads over one flat parameter vector. The vector is read in every call, so
 * updates need no further call. Not thread-safe. Letters: B sequences, C classes.
 *
 * @param <S> sums of losses and hits
 */
public interface Network<S> {
  /**
   * Computes the losses of a batch.
   *
   * @param whole the batch that {@code part} is a part of: the loss is a mean over it
   */
  S score(PackedBatch part, PackedBatch whole, DropoutSeeds seeds);

  /**
   * Computes the losses of a batch and its contribution to the gradient of the loss of {@code
   * whole}.
   *
   * @param flatGradient a vector in the parameters' layout; overwritten
   */
  S gradient(PackedBatch part, PackedBatch whole, DropoutSeeds seeds, INDArray flatGradient);

  /**
   * Whether a training step on a batch gives a parameter a gradient. It does not if the parameter's
   * head has nothing to learn from any sequence of the batch. A gradient that happens to be 0
   * counts as one.
   *
   * @param parameter a name in the parameters' layout
   */
  boolean learns(PackedBatch whole, String parameter);

  /** [B, C] logits, one row per sequence, in a buffer that the next call overwrites. */
  INDArray logits(PackedBatch part, DropoutSeeds seeds);

  /** Adds the scores of two batches. */
  S sum(S first, S second);

  /** The loss that training minimizes. */
  double loss(S score);
}
