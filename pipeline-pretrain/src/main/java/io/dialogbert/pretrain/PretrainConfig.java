package io.dialogbert.pretrain;

import io.dialogbert.example.MaskingConfig;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.train.TrainingConfig;
import java.util.Optional;

/**
 * Settings of {@link PretrainJob}.
 *
 * @param examples directory that build-examples wrote
 * @param tokenizer the tokenizer that it used
 * @param startFrom a checkpoint of another run that training starts from
 * @param encoder sizes; the vocabulary size comes from the tokenizer
 */
public record PretrainConfig(
    String examples,
    String tokenizer,
    Optional<String> startFrom,
    String output,
    EncoderConfig encoder,
    TrainingConfig training,
    MaskingConfig masking) {

  static PretrainConfig read(ConfigReader in) {
    String output = in.path("output");
    return new PretrainConfig(
        in.path("examples"),
        in.path("tokenizer"),
        in.optionalPath("start-from"),
        output,
        EncoderSettings.encoder(in.section("encoder")),
        TrainingConfig.read(in.section("training"), output),
        EncoderSettings.masking(in));
  }
}
