package io.dialogbert.model.head;

import io.dialogbert.model.ParameterLayout;
import io.dialogbert.model.kernel.Dropout;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A head's arithmetic. Keeps what its backward pass needs until the next forward pass. Letters: R
 * rows, K their width, O outputs.
 */
interface HeadNetwork {
  /**
   * Projects pooled rows.
   *
   * @param pooled [R, K]; overwritten by dropout
   * @return [R, O] in a buffer that the next call overwrites
   */
  INDArray forward(INDArray pooled, Dropout dropout);

  /**
   * Computes the gradients for the last forward pass.
   *
   * @param dOutputs [R, O]
   * @param flatGradient receives the gradients of the head's parameters. Those of the word
   *     embeddings are overwritten.
   * @return [R, K] in a buffer that the next call overwrites
   */
  INDArray backward(
      INDArray dOutputs, ParameterLayout layout, INDArray flatGradient, Dropout dropout);
}
