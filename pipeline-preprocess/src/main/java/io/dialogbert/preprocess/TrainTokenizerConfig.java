package io.dialogbert.preprocess;

import io.dialogbert.common.ConfigReader;
import io.dialogbert.privacy.PiiKind;
import io.dialogbert.text.Normalizer;
import io.dialogbert.text.TokenizerMethod;
import io.dialogbert.text.TokenizerSettings;
import io.dialogbert.text.UnigramConfig;
import java.util.List;
import java.util.stream.Stream;

/**
 * Settings of {@link TrainTokenizerJob}.
 *
 * @param dialogues directory that build-dialogues wrote
 * @param minWordCount rarer segments are not trained on: they may tell who wrote them
 * @param maxWords most segments that the driver holds, the most frequent first
 */
public record TrainTokenizerConfig(
    String dialogues,
    String output,
    TokenizerSettings settings,
    UnigramConfig unigram,
    long minWordCount,
    int maxWords) {

  static TrainTokenizerConfig read(ConfigReader in) {
    List<String> placeholders = Stream.of(PiiKind.values()).map(PiiKind::placeholder).toList();
    return new TrainTokenizerConfig(
        in.path("dialogues"),
        in.path("output"),
        new TokenizerSettings(
            in.choice("method", TokenizerMethod.class),
            new Normalizer(in.intBetween("max-repeats", 2, 100)),
            placeholders),
        new UnigramConfig(
            in.intBetween("vocab-size", 100, 1_000_000),
            in.intBetween("max-piece-length", 1, 127),
            in.doubleBetween("character-coverage", 0.9, 1),
            in.intBetween("seed-size", 100, 100_000_000),
            in.doubleBetween("shrinking-factor", 0.01, 0.99),
            in.intBetween("num-sub-iterations", 1, 100),
            placeholders),
        in.longBetween("min-word-count", 1, Long.MAX_VALUE),
        in.intBetween("max-words", 1000, 100_000_000));
  }
}
