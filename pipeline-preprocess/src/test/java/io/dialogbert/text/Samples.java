package io.dialogbert.text;

import io.dialogbert.text.normalize.Normalizer;
import io.dialogbert.text.piece.Piece;
import io.dialogbert.text.segment.TrainingSegmenter;
import io.dialogbert.text.train.TrainerConfig;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A hand-made count table, and a tokenizer trained on it. */
public final class Samples {
  public static final TokenizerSettings SETTINGS =
      new TokenizerSettings(
          TokenizerMethod.MORPHEME_SUBWORD, new Normalizer(2, false), List.of("[PHONE]"));

  private Samples() {}

  /** Morphemes of greetings and reactions, as in a chat. */
  public static Map<String, Long> wordCounts() {
    Map<String, Long> counts = new HashMap<>();
    counts.put("▁안녕", 900L);
    counts.put("▁안녕하세요", 300L);
    counts.put("하", 400L);
    counts.put("세요", 500L);
    counts.put("▁감사", 200L);
    counts.put("▁감사합니다", 150L);
    counts.put("▁사랑", 90L);
    counts.put("▁사랑합니다", 60L);
    counts.put("합니다", 250L);
    counts.put("▁진짜", 700L);
    counts.put("진짜", 120L);
    counts.put("▁ㅋㅋ", 800L);
    counts.put("ㅋㅋ", 1500L);
    counts.put("ㅎㅎ", 400L);
    counts.put("▁나", 600L);
    counts.put("는", 900L);
    counts.put("▁너", 300L);
    counts.put("이", 800L);
    counts.put("야", 500L);
    counts.put("▁전화", 300L);
    counts.put("전화번호", 20L);
    counts.put("로", 200L);
    counts.put("!!", 300L);
    counts.put("?", 400L);
    counts.put("▁今日", 90L);
    counts.put("は", 300L);
    counts.put("天気", 70L);
    counts.put("▁", 30L);
    for (String letter : List.of("[", "]", "S", "E", "P", "M", "A", "K", "U", "N")) {
      counts.put(letter, 2L);
    }
    return counts;
  }

  /** A vocabulary size, with the default settings otherwise. */
  public static TrainerConfig config(int vocabSize, double characterCoverage) {
    return new TrainerConfig(
        vocabSize,
        16,
        characterCoverage,
        false,
        SETTINGS.userSymbols(),
        new TrainerConfig.Unigram(10_000, 0.75, 2));
  }

  public static List<Piece> pieces() {
    return TokenizerMethod.MORPHEME_SUBWORD.trainer(config(64, 1)).train(wordCounts());
  }

  public static SerializedTokenizer tokenizer() {
    return SerializedTokenizer.of(pieces(), SETTINGS);
  }

  /** A tokenizer of another method, trained on some texts as that method segments them. */
  public static Tokenizer tokenizer(TokenizerMethod method, List<String> texts, int vocabSize) {
    return serialized(method, texts, vocabSize).tokenizer();
  }

  /** The same as bytes. */
  public static SerializedTokenizer serialized(
      TokenizerMethod method, List<String> texts, int vocabSize) {
    TokenizerSettings settings =
        new TokenizerSettings(method, new Normalizer(2, false), SETTINGS.userSymbols());
    Map<String, Long> counts = new HashMap<>();
    TrainingSegmenter segmenter = settings.trainingSegmenter();
    for (String text : texts) {
      segmenter.segments(text, "ko").forEach(word -> counts.merge(word, 1L, Long::sum));
    }
    List<Piece> pieces = method.trainer(config(vocabSize, 1)).train(counts);
    return SerializedTokenizer.of(pieces, settings);
  }
}
