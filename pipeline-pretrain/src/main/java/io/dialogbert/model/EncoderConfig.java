package io.dialogbert.model;

import java.io.Serializable;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Sizes of a BERT encoder; the names are those of BERT's own {@code bert_config.json}.
 *
 * @param hiddenSize H, width of every token vector; a multiple of {@code numAttentionHeads}
 * @param numHiddenLayers number of encoder layers, at least 1
 * @param numAttentionHeads A, heads per layer, at least 1
 * @param intermediateSize I, width between the two feed-forward projections, at least 1
 * @param vocabSize V, number of token ids, special tokens included
 * @param maxPositionEmbeddings longest sequence in tokens
 * @param typeVocabSize number of segment ids
 * @param turnVocabSize number of turn ids (which speaker of the dialogue)
 * @param hiddenDropoutProb dropout on embeddings and on each sublayer's output, in [0, 1)
 * @param attentionProbsDropoutProb dropout on attention probabilities, in [0, 1)
 * @param initializerRange standard deviation of the truncated normal that weights start from, above
 *     0
 * @param layerNormEps added to the variance in layer normalization, above 0
 * @see <a href="https://arxiv.org/abs/1810.04805">Devlin et al. 2019, section 3</a>
 */
public record EncoderConfig(
    @JsonProperty("hiddenSize") int hiddenSize,
    @JsonProperty("numHiddenLayers") int numHiddenLayers,
    @JsonProperty("numAttentionHeads") int numAttentionHeads,
    @JsonProperty("intermediateSize") int intermediateSize,
    @JsonProperty("vocabSize") int vocabSize,
    @JsonProperty("maxPositionEmbeddings") int maxPositionEmbeddings,
    @JsonProperty("typeVocabSize") int typeVocabSize,
    @JsonProperty("turnVocabSize") int turnVocabSize,
    @JsonProperty("hiddenDropoutProb") double hiddenDropoutProb,
    @JsonProperty("attentionProbsDropoutProb") double attentionProbsDropoutProb,
    @JsonProperty("initializerRange") double initializerRange,
    @JsonProperty("layerNormEps") double layerNormEps)
    implements Serializable {

  /**
   * Checks the rules above.
   *
   * @throws IllegalArgumentException naming the value, or both values, that break a rule
   */
  @JsonCreator
  public EncoderConfig {
    requirePositive("hidden-size", hiddenSize);
    requirePositive("num-hidden-layers", numHiddenLayers);
    requirePositive("num-attention-heads", numAttentionHeads);
    requirePositive("intermediate-size", intermediateSize);
    requirePositive("vocab-size", vocabSize);
    requirePositive("max-position-embeddings", maxPositionEmbeddings);
    requirePositive("type-vocab-size", typeVocabSize);
    requirePositive("turn-vocab-size", turnVocabSize);
    requireProbability("hidden-dropout-prob", hiddenDropoutProb);
    requireProbability("attention-probs-dropout-prob", attentionProbsDropoutProb);
    if (!(initializerRange > 0)) {
      throw new IllegalArgumentException(
          "initializer-range must be above 0, is " + initializerRange);
    }
    if (!(layerNormEps > 0)) {
      throw new IllegalArgumentException("layer-norm-eps must be above 0, is " + layerNormEps);
    }
    if (hiddenSize % numAttentionHeads != 0) {
      throw new IllegalArgumentException(
          "hidden-size = "
              + hiddenSize
              + " must be a multiple of num-attention-heads = "
              + numAttentionHeads);
    }
  }

  /** Width of one attention head, H / A. */
  public int headSize() {
    return hiddenSize / numAttentionHeads;
  }

  /** The same encoder with another number of layers: what a shallower student starts from. */
  public EncoderConfig withNumHiddenLayers(int layers) {
    return new EncoderConfig(
        hiddenSize,
        layers,
        numAttentionHeads,
        intermediateSize,
        vocabSize,
        maxPositionEmbeddings,
        typeVocabSize,
        turnVocabSize,
        hiddenDropoutProb,
        attentionProbsDropoutProb,
        initializerRange,
        layerNormEps);
  }

  /** The same encoder for another vocabulary. */
  public EncoderConfig withVocabSize(int size) {
    return new EncoderConfig(
        hiddenSize,
        numHiddenLayers,
        numAttentionHeads,
        intermediateSize,
        size,
        maxPositionEmbeddings,
        typeVocabSize,
        turnVocabSize,
        hiddenDropoutProb,
        attentionProbsDropoutProb,
        initializerRange,
        layerNormEps);
  }

  /** The same encoder with both dropout probabilities set. */
  public EncoderConfig withDropout(double hidden, double attentionProbs) {
    return new EncoderConfig(
        hiddenSize,
        numHiddenLayers,
        numAttentionHeads,
        intermediateSize,
        vocabSize,
        maxPositionEmbeddings,
        typeVocabSize,
        turnVocabSize,
        hidden,
        attentionProbs,
        initializerRange,
        layerNormEps);
  }

  private static void requirePositive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be at least 1, is " + value);
    }
  }

  private static void requireProbability(String name, double value) {
    if (!(value >= 0 && value < 1)) {
      throw new IllegalArgumentException(name + " must be in [0, 1), is " + value);
    }
  }
}
