package io.dialogbert.model;

import io.dialogbert.model.kernel.DropoutSeeds;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An encoder with heads over one flat parameter vector, which it reads at every call: updates need
 * no call. One thread. Letters: B sequences, C classes.
 *
 * @param <S> losses and hits, as sums
 */
public interface Network<S> {
  /**
   * Losses of a batch.
   *
   * @param whole what {@code part} is a part of: the loss is a mean over it
   */
  S score(PackedBatch part, PackedBatch whole, DropoutSeeds seeds);

  /**
   * Losses of a batch, and what it adds to the gradient of the loss of {@code whole}.
   *
   * @param flatGradient a vector of the parameters' layout; overwritten
   */
  S gradient(PackedBatch part, PackedBatch whole, DropoutSeeds seeds, INDArray flatGradient);

  /**
   * Whether a step on a batch gives a parameter a gradient. A head that has nothing to learn from
   * any of the batch's sequences gives none; a gradient that happens to be 0 is one.
   *
   * @param parameter a name of the parameters' layout
   */
  boolean learns(PackedBatch whole, String parameter);

  /** [B, C] logits, one row per sequence, in a buffer that the next call overwrites. */
  INDArray logits(PackedBatch part, DropoutSeeds seeds);

  /** The score of two batches together. */
  S sum(S first, S second);

  /** What training minimizes. */
  double loss(S score);
}
