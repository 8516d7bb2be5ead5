package io.dialogbert.pretrain;

import io.dialogbert.common.ConfigReader;
import io.dialogbert.model.EncoderConfig;

/** The {@code encoder} section that jobs share; the vocabulary's size comes with the tokenizer. */
public final class EncoderSection {
  private EncoderSection() {}

  /** Reads the sizes; {@code vocabSize} is 1 until {@link #withVocabSize}. */
  public static EncoderConfig read(ConfigReader in) {
    return new EncoderConfig(
        in.intBetween("hidden-size", 1, 1 << 14),
        in.intBetween("num-hidden-layers", 1, 1000),
        in.intBetween("num-attention-heads", 1, 1 << 10),
        in.intBetween("intermediate-size", 1, 1 << 16),
        1,
        in.intBetween("max-position-embeddings", 8, 512),
        2,
        2,
        in.doubleBetween("hidden-dropout-prob", 0, 0.99),
        in.doubleBetween("attention-probs-dropout-prob", 0, 0.99),
        in.doubleBetween("initializer-range", 1e-6, 1),
        1e-12);
  }

  /** The same sizes for a vocabulary. */
  public static EncoderConfig withVocabSize(EncoderConfig config, int vocabSize) {
    return new EncoderConfig(
        config.hiddenSize(),
        config.numHiddenLayers(),
        config.numAttentionHeads(),
        config.intermediateSize(),
        vocabSize,
        config.maxPositionEmbeddings(),
        config.typeVocabSize(),
        config.turnVocabSize(),
        config.hiddenDropoutProb(),
        config.attentionProbsDropoutProb(),
        config.initializerRange(),
        config.layerNormEps());
  }
}
