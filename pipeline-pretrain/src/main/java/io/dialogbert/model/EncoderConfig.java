package io.dialogbert.model;

import java.io.Serializable;
import java.util.Map;
import java.util.TreeMap;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Sizes of a BERT encoder, named as in BERT's own {@code bert_config.json}.
 *
 * @param hiddenSize H, width of every token vector
 * @param numHiddenLayers number of encoder layers, at least 1
 * @param numAttentionHeads A, heads per layer, at least 1
 * @param headSize width of a head's queries, keys and values, at least 1; H / A in BERT, more in an
 *     encoder that has lost heads
 * @param intermediateSize I, width between the two feed-forward projections, at least 1
 * @param vocabSize V, number of token ids, special tokens included
 * @param maxPositionEmbeddings longest sequence in tokens
 * @param typeVocabSize number of segment ids
 * @param turnVocabSize number of turn ids (which speaker of the dialogue)
 * @param hiddenDropoutProb dropout on embeddings and on each sublayer's output, in [0, 1)
 * @param attentionProbsDropoutProb dropout on attention probabilities, in [0, 1)
 * @param initializerRange standard deviation of the truncated normal that initializes the weights,
 *     above 0
 * @param layerNormEps added to the variance in layer normalization, above 0
 * @see <a href="https://arxiv.org/abs/1810.04805">Devlin et al. 2019, section 3</a>
 */
public record EncoderConfig(
    @JsonProperty int hiddenSize,
    @JsonProperty int numHiddenLayers,
    @JsonProperty int numAttentionHeads,
    @JsonProperty int headSize,
    @JsonProperty int intermediateSize,
    @JsonProperty int vocabSize,
    @JsonProperty int maxPositionEmbeddings,
    @JsonProperty int typeVocabSize,
    @JsonProperty int turnVocabSize,
    @JsonProperty double hiddenDropoutProb,
    @JsonProperty double attentionProbsDropoutProb,
    @JsonProperty double initializerRange,
    @JsonProperty double layerNormEps)
    implements Serializable {

  /**
   * Checks the rules above.
   *
   * @throws IllegalArgumentException if a rule is broken; names the value or both values
   */
  public EncoderConfig {
    requirePositive("hidden-size", hiddenSize);
    requirePositive("num-hidden-layers", numHiddenLayers);
    requirePositive("num-attention-heads", numAttentionHeads);
    requirePositive("head-size", headSize);
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
  }

  /**
   * An encoder whose heads share the hidden width, as BERT's do.
   *
   * @throws IllegalArgumentException if H is not a multiple of A, or if another rule is broken
   */
  public EncoderConfig(
      int hiddenSize,
      int numHiddenLayers,
      int numAttentionHeads,
      int intermediateSize,
      int vocabSize,
      int maxPositionEmbeddings,
      int typeVocabSize,
      int turnVocabSize,
      double hiddenDropoutProb,
      double attentionProbsDropoutProb,
      double initializerRange,
      double layerNormEps) {
    this(
        hiddenSize,
        numHiddenLayers,
        numAttentionHeads,
        share(hiddenSize, numAttentionHeads),
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

  private static int share(int hiddenSize, int numAttentionHeads) {
    requirePositive("num-attention-heads", numAttentionHeads);
    if (hiddenSize % numAttentionHeads != 0) {
      throw new IllegalArgumentException(
          "hidden-size = "
              + hiddenSize
              + " must be a multiple of num-attention-heads = "
              + numAttentionHeads);
    }
    // A width below 1 is reported as such.
    return Math.max(1, hiddenSize / numAttentionHeads);
  }

  /**
   * Reads the encoder's fields from a checkpoint. All fields but {@code headSize} exist since the
   * first checkpoints, so each is required. A field added later is optional: an older checkpoint
   * then keeps the encoder it had. An unknown field changes the encoder in a way that this version
   * does not support, so it is refused.
   *
   * @throws IllegalArgumentException if a field is missing, not a number or unknown; names the
   *     fields
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static EncoderConfig fromJson(Map<String, Object> json) {
    Map<String, Object> rest = new TreeMap<>(json);
    int hiddenSize = size(rest, "hiddenSize");
    int numHiddenLayers = size(rest, "numHiddenLayers");
    int numAttentionHeads = size(rest, "numAttentionHeads");
    EncoderConfig config =
        new EncoderConfig(
            hiddenSize,
            numHiddenLayers,
            numAttentionHeads,
            rest.containsKey("headSize")
                ? size(rest, "headSize")
                : share(hiddenSize, numAttentionHeads),
            size(rest, "intermediateSize"),
            size(rest, "vocabSize"),
            size(rest, "maxPositionEmbeddings"),
            size(rest, "typeVocabSize"),
            size(rest, "turnVocabSize"),
            take(rest, "hiddenDropoutProb"),
            take(rest, "attentionProbsDropoutProb"),
            take(rest, "initializerRange"),
            take(rest, "layerNormEps"));
    if (!rest.isEmpty()) {
      throw new IllegalArgumentException(
          "the encoder has fields that this version does not know: "
              + String.join(", ", rest.keySet())
              + "; read it with the version that wrote it");
    }
    return config;
  }

  private static double take(Map<String, Object> json, String field) {
    if (json.remove(field) instanceof Number number) {
      return number.doubleValue();
    }
    throw new IllegalArgumentException("the encoder lacks the number " + field);
  }

  private static int size(Map<String, Object> json, String field) {
    double value = take(json, field);
    if (value != (int) value) {
      throw new IllegalArgumentException(field + " must be a whole number, is " + value);
    }
    return (int) value;
  }

  /** Width of the queries of all heads of a layer; also of its keys and of its values. */
  public int attentionSize() {
    return numAttentionHeads * headSize;
  }

  /** The same encoder with another number of layers, such as a shallower student. */
  public EncoderConfig withNumHiddenLayers(int layers) {
    return withShape(layers, hiddenSize, numAttentionHeads, headSize, intermediateSize);
  }

  /** The same encoder with other layers, such as a smaller student. */
  public EncoderConfig withShape(int layers, int hidden, int heads, int sizeOfHead, int inner) {
    return new EncoderConfig(
        hidden,
        layers,
        heads,
        sizeOfHead,
        inner,
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
        headSize,
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

  /** The same encoder for sequences of another length. */
  public EncoderConfig withMaxPositionEmbeddings(int positions) {
    return new EncoderConfig(
        hiddenSize,
        numHiddenLayers,
        numAttentionHeads,
        headSize,
        intermediateSize,
        vocabSize,
        positions,
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
        headSize,
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

  /**
   * Whether this encoder can use the parameters of another. Comparing shapes is not enough: they do
   * not show the number of heads. Dropout and initial values are ignored, since only training uses
   * them.
   */
  public boolean hasSizesOf(EncoderConfig other) {
    return new EncoderConfig(
            hiddenSize,
            numHiddenLayers,
            numAttentionHeads,
            headSize,
            intermediateSize,
            vocabSize,
            maxPositionEmbeddings,
            typeVocabSize,
            turnVocabSize,
            other.hiddenDropoutProb,
            other.attentionProbsDropoutProb,
            other.initializerRange,
            layerNormEps)
        .equals(other);
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
