package io.dialogbert.pretrain;

import io.dialogbert.example.MaskingConfig;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.text.piece.SpecialTokens;

/** Groups of settings that several jobs read. */
public final class EncoderSettings {
  /** Used until the tokenizer gives the real vocabulary size. */
  private static final int UNKNOWN_VOCAB_SIZE = SpecialTokens.ALL.size() + 1;

  private EncoderSettings() {}

  /** The sizes of an encoder; the vocabulary size comes from the tokenizer. */
  static EncoderConfig encoder(ConfigReader in) {
    return new EncoderConfig(
        in.intBetween("hidden-size", 1, 1 << 14),
        in.intBetween("num-hidden-layers", 1, 1000),
        in.intBetween("num-attention-heads", 1, 1 << 10),
        in.intBetween("intermediate-size", 1, 1 << 16),
        UNKNOWN_VOCAB_SIZE,
        in.intBetween("max-position-embeddings", 8, 512),
        2,
        2,
        in.doubleBetween("hidden-dropout-prob", 0, 0.99),
        in.doubleBetween("attention-probs-dropout-prob", 0, 0.99),
        in.doubleBetween("initializer-range", 1e-6, 1),
        1e-12);
  }

  /** Dynamic masking; the vocabulary size comes from the tokenizer. */
  public static MaskingConfig masking(ConfigReader in) {
    return new MaskingConfig(
        in.doubleBetween("masked-lm-prob", 0.01, 0.9),
        in.intBetween("max-predictions-per-seq", 1, 512),
        in.flag("whole-word-mask"),
        UNKNOWN_VOCAB_SIZE);
  }
}
