package io.dialogbert.model.head;

import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.ParameterLayout;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonInclude;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * What is computed from the encoder's output: rows are pooled, then projected. Part of a network's
 * configuration. Letters: N tokens, B sequences, H hidden.
 *
 * @param name also the prefix of its parameters
 * @param pooling which rows it reads
 * @param projection what is done with them
 * @param outputs what its outputs stand for, and how many there are
 * @param dropout whether dropout precedes the projection
 * @param layer what it reads of the encoder, where that is not the last layer's output: the output
 *     after so many layers, 0 of the embeddings, for {@link Pooling#TOKENS}; the layer, from 0, for
 *     {@link Pooling#QKV}. Null: the last layer's output
 */
public record Head(
    @JsonProperty("name") String name,
    @JsonProperty("pooling") Pooling pooling,
    @JsonProperty("projection") Projection projection,
    @JsonProperty("outputs") ClassSet outputs,
    @JsonProperty("dropout") boolean dropout,
    // Left out if there is none: earlier versions do not know this field.
    @JsonProperty("layer") @JsonInclude(JsonInclude.Include.NON_NULL) Integer layer)
    implements Strict {

  /** Predicts the original tokens of masked ones (Devlin et al. 2019, section 3.1). */
  public static final String MASKED_LM = "cls.predictions";

  /** Predicts whether the second part follows the first (Devlin et al. 2019, section 3.1). */
  public static final String NEXT_SENTENCE = "cls.seq_relationship";

  /** Classifies sequences, in a network of one task. */
  public static final String CLASSIFIER = "classifier";

  /** Rows that a head reads. */
  public enum Pooling {
    /** BERT's pooled output of the first token: [B, H]. */
    FIRST,
    /** Mean over a sequence's tokens: [B, H]. */
    MEAN,
    /** Two marked tokens of a sequence side by side: [B, 2H]. */
    MARKED,
    /** Tokens: [M, H] for those that the target names, else [N, H] for all. */
    TOKENS,
    /** Query, key and value of each token in one layer: [N, 3D]; D is the width of all heads. */
    QKV;

    /** Width of a row in units of H. */
    int width() {
      return this == MARKED ? 2 : 1;
    }
  }

  /** What is done with pooled rows. */
  public enum Projection {
    /** Nothing: they are the outputs, such as sentence vectors. */
    NONE,
    /** A linear map. */
    LINEAR,
    /** BERT's masked-LM head: linear, GELU, layer normalization, word embeddings as decoder. */
    TIED_DECODER
  }

  @JsonCreator
  public Head {
    if (projection == Projection.TIED_DECODER
        && !(name.equals(MASKED_LM) && pooling == Pooling.TOKENS && !dropout)) {
      throw new IllegalArgumentException(
          "a tied decoder reads tokens without dropout and is named " + MASKED_LM);
    }
    if (projection == Projection.NONE && dropout) {
      throw new IllegalArgumentException("head " + name + " has no projection to drop out before");
    }
    boolean ofLayer = pooling == Pooling.QKV;
    if ((ofLayer && (layer == null || projection != Projection.NONE))
        || (layer != null && !ofLayer && pooling != Pooling.TOKENS)) {
      throw new IllegalArgumentException(
          "head " + name + " reads " + pooling + " of layer " + layer + " by " + projection);
    }
  }

  /** A head of the encoder's output. */
  public Head(
      String name, Pooling pooling, Projection projection, ClassSet outputs, boolean dropout) {
    this(name, pooling, projection, outputs, dropout, null);
  }

  /**
   * What a layer makes of each token.
   *
   * @param layers number of layers before it; 0 for the output of the embeddings
   * @param width the number of outputs that a linear map makes of it; 0 for the state itself
   */
  public static Head states(String name, int layers, int width) {
    return new Head(
        name,
        Pooling.TOKENS,
        width == 0 ? Projection.NONE : Projection.LINEAR,
        ClassSet.unnamed("state", width),
        false,
        layers);
  }

  /** Query, key and value of each token in a layer, from 0. */
  public static Head qkv(String name, int layer) {
    return new Head(name, Pooling.QKV, Projection.NONE, ClassSet.unnamed("qkv", 0), false, layer);
  }

  /** Predicts the original tokens of masked ones. */
  public static Head maskedLm(EncoderConfig encoder) {
    return new Head(
        MASKED_LM,
        Pooling.TOKENS,
        Projection.TIED_DECODER,
        ClassSet.unnamed("tokens", encoder.vocabSize()),
        false);
  }

  /** Predicts whether the second part follows the first. */
  public static Head nextSentence() {
    return new Head(
        NEXT_SENTENCE,
        Pooling.FIRST,
        Projection.LINEAR,
        ClassSet.unnamed("next sentence", 2),
        false);
  }

  /** Classifies sequences, with dropout as in BERT's fine-tuning (Devlin et al. 2019, 4.1). */
  public static Head classifier(String name, ClassSet classes) {
    return new Head(name, Pooling.FIRST, Projection.LINEAR, classes, true);
  }

  /** A sentence vector: the mean over a sequence's tokens. */
  public static Head meanVector(String name) {
    return new Head(name, Pooling.MEAN, Projection.NONE, ClassSet.unnamed("vector", 0), false);
  }

  /** A number for each sequence, such as the similarity of a pair. */
  public static Head score(String name) {
    return new Head(name, Pooling.FIRST, Projection.LINEAR, ClassSet.unnamed("score", 1), true);
  }

  /** A class for each token, such as a tag. */
  public static Head tokenClassifier(String name, ClassSet classes) {
    return new Head(name, Pooling.TOKENS, Projection.LINEAR, classes, true);
  }

  /** Where a span starts and ends: two logits for each token (Devlin et al. 2019, section 4.2). */
  public static Head span(String name) {
    return new Head(name, Pooling.TOKENS, Projection.LINEAR, ClassSet.unnamed("span", 2), false);
  }

  /** The same head under another name. */
  public Head withName(String other) {
    return new Head(other, pooling, projection, outputs, dropout, layer);
  }

  /** Number of outputs of a row. */
  public int numOutputs(EncoderConfig encoder) {
    if (projection != Projection.NONE) {
      return outputs.size();
    }
    return pooling == Pooling.QKV
        ? 3 * encoder.attentionSize()
        : pooling.width() * encoder.hiddenSize();
  }

  /** Whether it reads what only a pass for training keeps. */
  boolean readsLayer() {
    return layer != null;
  }

  /**
   * Checks that the encoder has the layer that it reads.
   *
   * @throws IllegalArgumentException if not
   */
  void requireFits(EncoderConfig encoder) {
    int last = encoder.numHiddenLayers() - (pooling == Pooling.QKV ? 1 : 0);
    if (layer != null && (layer < 0 || layer > last)) {
      throw new IllegalArgumentException(
          "head " + name + " reads layer " + layer + ", which is outside 0.." + last);
    }
  }

  /** Name of a parameter. */
  String parameter(String part) {
    return name + "." + part;
  }

  /** Name of a buffer; no other part of the network has one of this name. */
  String buffer(String part) {
    return "head." + parameter(part);
  }

  /** Whether a parameter is one of this head's own. */
  boolean owns(String parameter) {
    return parameter.startsWith(name + ".");
  }

  /** Shapes of its parameters by name; the word embeddings are the encoder's. */
  Map<String, List<Integer>> shapes(EncoderConfig encoder) {
    int h = encoder.hiddenSize();
    Map<String, List<Integer>> shapes = new LinkedHashMap<>();
    switch (projection) {
      case NONE -> {}
      case LINEAR -> {
        shapes.put(parameter("weight"), List.of(outputs.size(), pooling.width() * h));
        shapes.put(parameter("bias"), List.of(outputs.size()));
      }
      case TIED_DECODER -> {
        shapes.put(parameter("transform.dense.weight"), List.of(h, h));
        shapes.put(parameter("transform.dense.bias"), List.of(h));
        shapes.put(parameter("transform.LayerNorm.weight"), List.of(h));
        shapes.put(parameter("transform.LayerNorm.bias"), List.of(h));
        shapes.put(ParameterLayout.DECODER_BIAS, List.of(encoder.vocabSize()));
      }
    }
    return shapes;
  }
}
