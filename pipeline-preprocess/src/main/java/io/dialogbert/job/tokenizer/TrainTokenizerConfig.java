package io.dialogbert.job.tokenizer;

import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.privacy.PiiKind;
import io.dialogbert.text.TokenizerMethod;
import io.dialogbert.text.TokenizerSettings;
import io.dialogbert.text.normalize.Normalizer;
import io.dialogbert.text.piece.SpareTokens;
import io.dialogbert.text.train.TrainerConfig;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Settings of {@link TrainTokenizerJob}.
 *
 * @param dialogues directory written by build-dialogues
 * @param sentencePieceModel a model file whose pieces are used instead of training
 * @param mecabDictionaries dictionary directories by language
 * @param minWordCount rarer segments are not used for training, since they may identify their
 *     writer
 * @param maxWords maximum number of segments that the driver holds; the most frequent are kept
 */
public record TrainTokenizerConfig(
    String dialogues,
    Optional<String> sentencePieceModel,
    String output,
    TokenizerSettings settings,
    Map<String, String> mecabDictionaries,
    TrainerConfig trainer,
    long minWordCount,
    int maxWords) {

  static TrainTokenizerConfig read(ConfigReader in) {
    List<String> placeholders = Stream.of(PiiKind.values()).map(PiiKind::placeholder).toList();
    TokenizerMethod method = in.choice("method", TokenizerMethod.class);
    Optional<String> model = in.optionalPath("sentencepiece-model");
    boolean byteFallback = in.flag("byte-fallback");
    if (byteFallback && !method.isUnigram()) {
      in.problem("byte-fallback", "must be false for method " + method);
    }
    if (model.isPresent()
        && method != TokenizerMethod.SUBWORD
        && method != TokenizerMethod.MORPHEME_SUBWORD) {
      in.problem("sentencepiece-model", "must be empty for method " + method);
    }
    Map<String, String> dictionaries = dictionaries(in.section("mecab-dictionary"));
    if (!dictionaries.isEmpty() && !method.usesMorphemes()) {
      in.problem("mecab-dictionary", "must be empty for method " + method);
    }
    return new TrainTokenizerConfig(
        in.path("dialogues"),
        model,
        in.path("output"),
        new TokenizerSettings(
            method,
            new Normalizer(in.intBetween("max-repeats", 2, 100), in.flag("lower-case")),
            placeholders),
        dictionaries,
        new TrainerConfig(
            in.intBetween("vocab-size", TrainerConfig.MIN_VOCAB_SIZE, 1_000_000),
            SpareTokens.ALL.size(),
            in.intBetween("max-piece-length", 1, 127),
            in.doubleBetween("character-coverage", 0.9, 1),
            byteFallback,
            placeholders,
            new TrainerConfig.Unigram(
                in.intBetween("seed-size", 100, 100_000_000),
                in.doubleBetween("shrinking-factor", 0.01, 0.99),
                in.intBetween("num-sub-iterations", 1, 100))),
        in.longBetween("min-word-count", 1, Long.MAX_VALUE),
        in.intBetween("max-words", 1000, 100_000_000));
  }

  private static Map<String, String> dictionaries(ConfigReader in) {
    Map<String, String> paths = new HashMap<>();
    for (String lang : List.of("ko", "ja")) {
      in.optionalPath(lang).ifPresent(path -> paths.put(lang, path));
    }
    return paths;
  }
}
