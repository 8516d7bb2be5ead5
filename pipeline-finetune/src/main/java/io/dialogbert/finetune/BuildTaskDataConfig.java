package io.dialogbert.finetune;

import io.dialogbert.frame.config.ConfigReader;
import java.io.Serializable;

/**
 * Settings of {@link BuildTaskDataJob}.
 *
 * @param dialogues output directory of build-dialogues
 * @param tokenizer output directory of train-tokenizer
 * @param numClasses maximum number of reactions, the most frequent first
 * @param minClassCount rarer replies are not classes, and are never shown
 * @param maxContextTurns turns of context before the reply
 * @param maxUnknownRate share of unknown tokens in [0, 1] above which the job fails
 */
public record BuildTaskDataConfig(
    String dialogues,
    String tokenizer,
    String output,
    int numClasses,
    long minClassCount,
    int maxSequenceLength,
    int maxContextTurns,
    double maxUnknownRate,
    long examplesPerFile)
    implements Serializable {

  static BuildTaskDataConfig read(ConfigReader in) {
    return new BuildTaskDataConfig(
        in.path("dialogues"),
        in.path("tokenizer"),
        in.path("output"),
        in.intBetween("num-classes", 2, 100_000),
        in.longBetween("min-class-count", 2, Long.MAX_VALUE),
        in.intBetween("max-sequence-length", 8, 512),
        in.intBetween("max-context-turns", 1, 100),
        in.fraction("max-unknown-rate"),
        in.longBetween("examples-per-file", 1, Long.MAX_VALUE));
  }
}
