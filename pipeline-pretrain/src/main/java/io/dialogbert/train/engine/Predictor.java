package io.dialogbert.train.engine;

/**
 * A network as those see it who only ask it.
 *
 * @param <B> a batch
 */
@FunctionalInterface
public interface Predictor<B> {
  /**
   * Outputs of a head or of a graph's output of that name, without dropout.
   *
   * @return [B][O], or [N][O] for all N tokens if the head reads tokens
   */
  float[][] predict(B batch, String head);
}
