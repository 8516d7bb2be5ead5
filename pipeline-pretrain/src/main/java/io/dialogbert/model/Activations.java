package io.dialogbert.model;

import io.dialogbert.model.kernel.Arena;
import io.dialogbert.model.kernel.Kernels;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What a forward pass of the encoder computes, as views of buffers that the next pass overwrites.
 * Letters: N tokens, B sequences, H hidden, I intermediate.
 *
 * @param embeddings [N, H] sum of the embeddings, before layer normalization
 * @param embeddingNorm statistics of that layer normalization
 * @param hidden [N, H] each: the output of the embeddings, then of each layer
 * @param layers one for each layer
 * @param first [B, H] last hidden state of each sequence's first token
 * @param pooled [B, H] tanh of a linear map of {@code first}
 */
record Activations(
    INDArray embeddings,
    Kernels.Norm embeddingNorm,
    List<INDArray> hidden,
    List<Layer> layers,
    INDArray first,
    INDArray pooled) {

  /**
   * One layer.
   *
   * @param qkv [N, 3D] query, key and value of a token side by side; D is the width of all heads
   *     together
   * @param probs attention probabilities before dropout, [A, T, T] for each sequence in turn
   * @param context [N, D] output of the attention
   * @param attentionSum [N, H] what is normalized after the attention
   * @param attentionNorm statistics of that layer normalization
   * @param attended [N, H] its output
   * @param z [N, I] input of the GELU
   * @param outputSum [N, H] what is normalized at the end of the layer
   * @param outputNorm statistics of that layer normalization
   */
  record Layer(
      INDArray qkv,
      INDArray probs,
      INDArray context,
      INDArray attentionSum,
      Kernels.Norm attentionNorm,
      INDArray attended,
      INDArray z,
      INDArray outputSum,
      Kernels.Norm outputNorm) {}

  /** Which activations share a buffer. */
  enum Keep {
    /** All layers share one layer's buffers: there will be no backward pass. */
    NOTHING,
    /**
     * Each layer keeps the inputs of its attention, layer normalizations and GELU. The layers share
     * the buffers of the outputs: the backward pass computes these again, bit for bit. For long
     * sequences, the attention probabilities would be the largest part.
     */
    INPUTS,
    ALL
  }

  static Activations of(
      EncoderConfig config,
      EncoderParameters parameters,
      PackedBatch batch,
      Kernels kernels,
      Arena arena,
      Keep keep) {
    int n = batch.numTokens();
    int h = config.hiddenSize();
    List<INDArray> hidden = new ArrayList<>();
    for (int i = 0; i <= config.numHiddenLayers(); i++) {
      hidden.add(arena.matrix("hidden." + hiddenSlot(i, config.numHiddenLayers(), keep), n, h));
    }
    List<Layer> layers = new ArrayList<>();
    for (int i = 0; i < config.numHiddenLayers(); i++) {
      String slot = (keep == Keep.NOTHING ? 0 : i) + ".";
      String again = (keep == Keep.ALL ? i : 0) + ".";
      INDArray probs =
          arena.vector(
              again + "probs",
              kernels.numAttentionProbs(batch.sequenceOffsets(), config.numAttentionHeads()));
      layers.add(layer(config, parameters.layers().get(i), arena, slot, again, probs, n));
    }
    return new Activations(
        arena.matrix("embeddings", n, h),
        norm(parameters.normWeight(), parameters.normBias(), config, arena, "embeddingNorm", n),
        List.copyOf(hidden),
        List.copyOf(layers),
        arena.matrix("first", batch.numSequences(), h),
        arena.matrix("pooled", batch.numSequences(), h));
  }

  /** What a layer computes after the attention for the first token of each sequence: B rows. */
  static Layer ofFirst(
      EncoderConfig config, EncoderParameters.Layer layer, PackedBatch batch, Arena arena) {
    INDArray none = arena.vector("first.probs", 1);
    return layer(config, layer, arena, "first.", "first.", none, batch.numSequences());
  }

  private static Layer layer(
      EncoderConfig config,
      EncoderParameters.Layer layer,
      Arena arena,
      String slot,
      String again,
      INDArray probs,
      int rows) {
    int h = config.hiddenSize();
    return new Layer(
        arena.matrix(slot + "qkv", rows, 3L * config.attentionSize()),
        probs,
        arena.matrix(again + "context", rows, config.attentionSize()),
        arena.matrix(slot + "attentionSum", rows, h),
        norm(
            layer.attentionNormWeight(),
            layer.attentionNormBias(),
            config,
            arena,
            slot + "attentionNorm",
            rows),
        arena.matrix(again + "attended", rows, h),
        arena.matrix(slot + "z", rows, config.intermediateSize()),
        arena.matrix(slot + "outputSum", rows, h),
        norm(
            layer.outputNormWeight(),
            layer.outputNormBias(),
            config,
            arena,
            slot + "outputNorm",
            rows));
  }

  /** A layer reads one buffer and writes another. */
  private static int hiddenSlot(int i, int last, Keep keep) {
    return switch (keep) {
      case NOTHING -> i % 2;
      case INPUTS -> i == 0 || i == last ? i : 2 - i % 2;
      case ALL -> i;
    };
  }

  private static Kernels.Norm norm(
      INDArray weight, INDArray bias, EncoderConfig config, Arena arena, String slot, int rows) {
    return new Kernels.Norm(
        weight,
        bias,
        config.layerNormEps(),
        arena.vector(slot + ".mean", rows),
        arena.vector(slot + ".variance", rows));
  }
}
