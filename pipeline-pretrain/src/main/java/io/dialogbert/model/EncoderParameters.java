package io.dialogbert.model;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The encoder's parameters, or their gradients, as views of one flat vector. Letters: H hidden, I
 * intermediate, V vocabulary.
 *
 * @param wordEmbeddings [V, H]
 * @param positionEmbeddings [maxPositionEmbeddings, H]
 * @param tokenTypeEmbeddings [typeVocabSize, H]
 * @param turnEmbeddings [turnVocabSize, H]
 * @param normWeight [H], of the embeddings' layer normalization
 * @param normBias [H]
 * @param layers one per encoder layer
 * @param poolerWeight [H, H]
 * @param poolerBias [H]
 */
public record EncoderParameters(
    INDArray wordEmbeddings,
    INDArray positionEmbeddings,
    INDArray tokenTypeEmbeddings,
    INDArray turnEmbeddings,
    INDArray normWeight,
    INDArray normBias,
    List<Layer> layers,
    INDArray poolerWeight,
    INDArray poolerBias) {

  /**
   * One encoder layer.
   *
   * @param qkvWeight [3D, H]: query, key, value, where D is the width of all heads together
   * @param qkvBias [3D]
   * @param attentionOutputWeight [H, D]
   * @param attentionOutputBias [H]
   * @param attentionNormWeight [H]
   * @param attentionNormBias [H]
   * @param intermediateWeight [I, H]
   * @param intermediateBias [I]
   * @param outputWeight [H, I]
   * @param outputBias [H]
   * @param outputNormWeight [H]
   * @param outputNormBias [H]
   */
  record Layer(
      INDArray qkvWeight,
      INDArray qkvBias,
      INDArray attentionOutputWeight,
      INDArray attentionOutputBias,
      INDArray attentionNormWeight,
      INDArray attentionNormBias,
      INDArray intermediateWeight,
      INDArray intermediateBias,
      INDArray outputWeight,
      INDArray outputBias,
      INDArray outputNormWeight,
      INDArray outputNormBias) {

    private Layer frozen(UnaryOperator<INDArray> weights) {
      return new Layer(
          weights.apply(qkvWeight),
          qkvBias.dup(),
          weights.apply(attentionOutputWeight),
          attentionOutputBias.dup(),
          attentionNormWeight.dup(),
          attentionNormBias.dup(),
          weights.apply(intermediateWeight),
          intermediateBias.dup(),
          weights.apply(outputWeight),
          outputBias.dup(),
          outputNormWeight.dup(),
          outputNormBias.dup());
    }

    private static Layer of(ParameterLayout layout, INDArray flat, int index) {
      String prefix = ParameterLayout.layerPrefix(index);
      String self = prefix + "attention.self.";
      return new Layer(
          layout.span(flat, self + "query.weight", self + "key.weight", self + "value.weight"),
          layout.span(flat, self + "query.bias", self + "key.bias", self + "value.bias"),
          layout.view(flat, prefix + "attention.output.dense.weight"),
          layout.view(flat, prefix + "attention.output.dense.bias"),
          layout.view(flat, prefix + "attention.output.LayerNorm.weight"),
          layout.view(flat, prefix + "attention.output.LayerNorm.bias"),
          layout.view(flat, prefix + "intermediate.dense.weight"),
          layout.view(flat, prefix + "intermediate.dense.bias"),
          layout.view(flat, prefix + "output.dense.weight"),
          layout.view(flat, prefix + "output.dense.bias"),
          layout.view(flat, prefix + "output.LayerNorm.weight"),
          layout.view(flat, prefix + "output.LayerNorm.bias"));
    }
  }

  /**
   * A copy for inference.
   *
   * @param weights copies the weight of a linear map
   */
  public EncoderParameters frozen(UnaryOperator<INDArray> weights) {
    return new EncoderParameters(
        wordEmbeddings.dup(),
        positionEmbeddings.dup(),
        tokenTypeEmbeddings.dup(),
        turnEmbeddings.dup(),
        normWeight.dup(),
        normBias.dup(),
        layers.stream().map(layer -> layer.frozen(weights)).toList(),
        weights.apply(poolerWeight),
        poolerBias.dup());
  }

  public static EncoderParameters of(EncoderConfig config, ParameterLayout layout, INDArray flat) {
    List<Layer> layers = new ArrayList<>();
    for (int i = 0; i < config.numHiddenLayers(); i++) {
      layers.add(Layer.of(layout, flat, i));
    }
    return new EncoderParameters(
        layout.view(flat, "embeddings.word_embeddings"),
        layout.view(flat, "embeddings.position_embeddings"),
        layout.view(flat, "embeddings.token_type_embeddings"),
        layout.view(flat, "embeddings.turn_embeddings"),
        layout.view(flat, "embeddings.LayerNorm.weight"),
        layout.view(flat, "embeddings.LayerNorm.bias"),
        List.copyOf(layers),
        layout.view(flat, "pooler.dense.weight"),
        layout.view(flat, "pooler.dense.bias"));
  }
}
