package io.dialogbert.pretrain;

import io.dialogbert.example.MaskingConfig;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.model.kernel.Precision;

/**
 * Settings of {@link EvaluateEncoderJob}.
 *
 * @param checkpoint directory that pretrain wrote
 * @param examples directory that build-examples wrote
 * @param precision of the matrix products
 * @param maxExamples maximum number of examples to score
 */
public record EvaluateEncoderConfig(
    String checkpoint,
    String examples,
    String output,
    Precision precision,
    EvaluatedSplit split,
    int maxExamples,
    MaskingConfig masking) {

  /** A held-out split. */
  enum EvaluatedSplit {
    VALIDATION,
    TEST
  }

  static EvaluateEncoderConfig read(ConfigReader in) {
    return new EvaluateEncoderConfig(
        in.path("checkpoint"),
        in.path("examples"),
        in.path("output"),
        in.choice("precision", Precision.class),
        in.choice("split", EvaluatedSplit.class),
        in.intBetween("max-examples", 1, Integer.MAX_VALUE),
        EncoderSettings.masking(in));
  }
}
