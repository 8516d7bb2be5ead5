package io.dialogbert.pretrain;

import io.dialogbert.common.ConfigReader;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.train.TrainingConfig;

/**
 * Settings of {@link PretrainJob}.
 *
 * @param examples directory that build-examples wrote
 * @param tokenizer the tokenizer that it used
 * @param encoder sizes; the vocabulary's comes with the tokenizer
 */
public record PretrainConfig(
    String examples,
    String tokenizer,
    String output,
    EncoderConfig encoder,
    TrainingConfig training,
    double maskedLmProb,
    int maxPredictionsPerSeq,
    boolean wholeWordMask) {

  static PretrainConfig read(ConfigReader in) {
    return new PretrainConfig(
        in.path("examples"),
        in.path("tokenizer"),
        in.path("output"),
        EncoderSection.read(in.section("encoder")),
        TrainingConfig.read(in.section("training")),
        in.doubleBetween("masked-lm-prob", 0.01, 0.9),
        in.intBetween("max-predictions-per-seq", 1, 512),
        in.flag("whole-word-mask"));
  }
}
