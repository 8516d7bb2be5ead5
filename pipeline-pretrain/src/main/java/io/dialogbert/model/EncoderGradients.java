package io.dialogbert.model;

import java.util.Map;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Gradients of a loss with respect to what the encoder computed, where the backward pass starts.
 * Letters: N tokens, B sequences, H hidden.
 *
 * @param sequence [N, H] of the last layer's output, without the pooler's share; overwritten
 * @param pooled [B, H] of the pooled output; overwritten; empty if nothing depends on it
 * @param hidden [N, H] each, by a number of layers, fewer than all: of the output after that many
 *     layers; 0 is the output of the embeddings
 * @param qkv [N, 3H] each, by layer from 0: of queries, keys and values
 */
public record EncoderGradients(
    INDArray sequence,
    Optional<INDArray> pooled,
    Map<Integer, INDArray> hidden,
    Map<Integer, INDArray> qkv) {

  /** Gradients of what heads read: the last layer's output and the pooled output. */
  public static EncoderGradients ofOutputs(INDArray sequence, Optional<INDArray> pooled) {
    return new EncoderGradients(sequence, pooled, Map.of(), Map.of());
  }
}
