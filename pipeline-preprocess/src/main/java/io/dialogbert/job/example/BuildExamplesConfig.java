package io.dialogbert.job.example;

import io.dialogbert.example.ExampleConfig;
import io.dialogbert.example.MaskingConfig;
import io.dialogbert.example.Pairing;
import io.dialogbert.frame.config.ConfigReader;
import java.io.Serializable;

/**
 * Settings of {@link BuildExamplesJob}.
 *
 * @param dialogues directory written by build-dialogues, or the one that holds its days
 * @param tokenizer directory written by train-tokenizer
 * @param oneDay whether a day is built, whose directories {@code dialogues} and {@code output} are
 * @param maskedLmProb fraction of ordinary tokens to mask
 * @param staticMasks number of copies stored of each example, each with its own masks; 0 leaves
 *     masking to the loader
 * @param dialoguesPerBucket number of dialogues that supply each other with random second parts, or
 *     are packed together; a task holds one bucket in memory
 * @param maxUnknownRate fraction of unknown tokens in [0, 1] above which the job fails
 * @param examplesPerFile target number of examples in each output file; a trainer holds three files
 *     in memory
 */
public record BuildExamplesConfig(
    String dialogues,
    String tokenizer,
    String output,
    boolean oneDay,
    ExampleConfig example,
    double maskedLmProb,
    int maxPredictionsPerSeq,
    boolean wholeWordMask,
    int staticMasks,
    int dialoguesPerBucket,
    double maxUnknownRate,
    long examplesPerFile)
    implements Serializable {

  static BuildExamplesConfig read(ConfigReader in) {
    return new BuildExamplesConfig(
        in.pathOfDay("dialogues"),
        in.path("tokenizer"),
        in.pathOfDay("output"),
        in.day().isPresent(),
        new ExampleConfig(
            in.choice("pairing", Pairing.class),
            in.intBetween("max-sequence-length", 8, 512),
            in.fraction("random-next-prob"),
            in.flag("use-turn-separator"),
            in.flag("use-turn-embedding")),
        in.doubleBetween("masked-lm-prob", 0.01, 0.9),
        in.intBetween("max-predictions-per-seq", 1, 512),
        in.flag("whole-word-mask"),
        in.intBetween("static-masks", 0, 1000),
        in.intBetween("dialogues-per-bucket", 2, 1_000_000),
        in.fraction("max-unknown-rate"),
        in.longBetween("examples-per-file", 1, Long.MAX_VALUE));
  }

  /**
   * How tokens are masked.
   *
   * @param vocabSize size of the vocabulary without its spare tokens
   */
  MaskingConfig masking(int vocabSize) {
    return new MaskingConfig(maskedLmProb, maxPredictionsPerSeq, wholeWordMask, vocabSize);
  }

  /** The number of rows in which an example is stored. */
  int copies() {
    return Math.max(1, staticMasks);
  }
}
