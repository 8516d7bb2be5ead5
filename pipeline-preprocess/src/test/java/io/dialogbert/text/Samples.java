package io.dialogbert.text;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A count table made by hand, and a tokenizer trained on it. */
public final class Samples {
  public static final TokenizerSettings SETTINGS =
      new TokenizerSettings(
          TokenizerMethod.MORPHEME_SUBWORD, new Normalizer(2), List.of("[PHONE]"));

  private Samples() {}

  /** Morphemes of greetings and reactions, as a chat would have them. */
  static Map<String, Long> wordCounts() {
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

  public static SentencePieceModel model() {
    return new UnigramTrainer(new UnigramConfig(64, 16, 1, 10_000, 0.75, 2, SETTINGS.userSymbols()))
        .train(wordCounts());
  }

  public static SerializedTokenizer tokenizer() {
    return SerializedTokenizer.of(model(), SETTINGS);
  }
}
