package io.dialogbert.job.example;

import io.dialogbert.dialogue.Splits;
import io.dialogbert.frame.config.ConfigReader;
import java.util.List;
import java.util.Optional;

/**
 * Settings of {@link InspectExamplesJob}.
 *
 * @param tokenizer directory of a tokenizer or a checkpoint
 * @param examples directory written by build-examples
 * @param split split of the examples to show
 * @param numExamples number of examples to show
 * @param encode a text to encode
 * @param lang language of the text to encode
 * @param decode ids to decode
 */
public record InspectExamplesConfig(
    String tokenizer,
    Optional<String> examples,
    String split,
    int numExamples,
    String encode,
    String lang,
    List<String> decode) {
  private static final List<String> SPLITS = List.of(Splits.TRAIN, Splits.VALIDATION, Splits.TEST);

  static InspectExamplesConfig read(ConfigReader in) {
    return new InspectExamplesConfig(
        in.path("tokenizer"),
        in.optionalPath("examples"),
        in.string("split", "must be one of " + String.join(", ", SPLITS), SPLITS::contains),
        in.intBetween("num-examples", 1, 1_000_000),
        in.string("encode"),
        in.string("lang"),
        in.strings("decode"));
  }
}
