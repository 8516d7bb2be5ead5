package io.dialogbert.respond.job;

import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.model.kernel.Precision;

/**
 * Settings of {@link FillJob}.
 *
 * @param checkpoint directory of a network with a masked-LM head
 * @param precision of the matrix products
 * @param numTokens number of likeliest tokens to show for each mask
 * @param lines to fill
 */
public record FillConfig(
    String checkpoint, Precision precision, int numTokens, LineSettings lines) {
  static FillConfig read(ConfigReader in) {
    return new FillConfig(
        in.path("checkpoint"),
        in.choice("precision", Precision.class),
        in.intBetween("num-tokens", 1, 1000),
        LineSettings.read(in));
  }
}
