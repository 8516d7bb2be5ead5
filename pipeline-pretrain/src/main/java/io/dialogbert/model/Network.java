package io.dialogbert.model;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An encoder with heads over one flat parameter vector, which it reads at every call: updates need
 * no call. One thread. Letters: B sequences, C classes.
 *
 * @param <S> losses and hits, as sums
 */
interface Network<S> {
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

  /** [B, C] logits, one row per sequence, in a buffer that the next call overwrites. */
  INDArray logits(PackedBatch part, DropoutSeeds seeds);

  /** The score of two batches together. */
  S sum(S first, S second);

  /** What training minimizes. */
  double loss(S score);
}
