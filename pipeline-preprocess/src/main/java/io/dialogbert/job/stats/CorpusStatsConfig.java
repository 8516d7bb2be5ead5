package io.dialogbert.job.stats;

import io.dialogbert.frame.config.ConfigReader;

/**
 * Settings of {@link CorpusStatsJob}.
 *
 * @param minShownCount texts and tokens that occur less often are never shown, since they may
 *     identify their writer
 * @param minShownSenders texts and tokens from fewer people or fewer conversations are never shown,
 *     however frequent they are: a text that only one person repeats identifies that person
 * @param maxShown maximum number of texts shown per language
 * @param maxUnknownRate fraction of unknown tokens in [0, 1] above which the job fails
 */
public record CorpusStatsConfig(
    String messages,
    String dialogues,
    String tokenizer,
    String output,
    long minShownCount,
    int minShownSenders,
    int maxShown,
    double maxUnknownRate) {

  static CorpusStatsConfig read(ConfigReader in) {
    return new CorpusStatsConfig(
        in.path("messages"),
        in.path("dialogues"),
        in.path("tokenizer"),
        in.path("output"),
        in.longBetween("min-shown-count", 2, Long.MAX_VALUE),
        in.intBetween("min-shown-senders", 2, 100),
        in.intBetween("max-shown", 1, 1_000_000),
        in.fraction("max-unknown-rate"));
  }
}
