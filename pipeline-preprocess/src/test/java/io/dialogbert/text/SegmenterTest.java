package io.dialogbert.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SegmenterTest {
  private static final List<String> SYMBOLS = List.of("[PHONE]", "[PHONE2]");

  private final Segmenter morphemes = new MorphemeTokenizer(SYMBOLS);
  private final Segmenter words = new WordTokenizer(SYMBOLS);

  @Test
  void cutsTheExampleOfTheDialogBertTalk() {
    assertThat(marked(morphemes, "안녕 데뷰야 나는 핑퐁이야 ㅎㅎ", "ko"))
        .containsExactly("▁안녕", "▁데", "뷰", "야", "▁나", "는", "▁핑퐁", "이", "야", "▁ㅎㅎ");
  }

  @Test
  void cutsJapaneseAndKeepsPunctuation() {
    assertThat(marked(morphemes, "今日はいい天気ですね。行こう!", "ja"))
        .containsExactly("▁今日", "は", "いい", "天気", "です", "ね", "。", "行こ", "う", "!");
  }

  @Test
  void cutsWordsAtSpacesOnly() {
    assertThat(marked(words, "나는 핑퐁이야 ㅎㅎ", "ko")).containsExactly("▁나는", "▁핑퐁이야", "▁ㅎㅎ");
  }

  @Test
  void keepsUserSymbolsWhole() {
    for (Segmenter segmenter : List.of(morphemes, words)) {
      assertThat(segmenter.segment("번호[PHONE]로 [PHONE2]", "ko"))
          .containsExactly(
              new Segment("번호", true, false),
              new Segment("[PHONE]", false, true),
              new Segment("로", false, false),
              new Segment("[PHONE2]", true, true));
    }
  }

  @Test
  void keepsJoinedEmojiAndCombiningMarksWhole() {
    String family = "👨\u200D👩\u200D👧";
    String circled = "a\u20DD";
    assertThat(marked(morphemes, "가자 " + family, "ko")).contains("▁" + family);
    assertThat(marked(morphemes, circled, "ko")).containsExactly("▁" + circled);
  }

  @Test
  void givesEveryVisibleCharacterOnce() {
    Normalizer normalizer = new Normalizer(2);
    for (int n = 0; n < 5_000; n++) {
      String text = normalizer.normalize(RandomTexts.text(n));
      for (Segmenter segmenter : List.of(morphemes, words)) {
        for (String lang : List.of("ko", "ja")) {
          String joined = String.join("", marked(segmenter, text, lang));
          assertThat(joined.replace('▁', ' ').strip()).as(RandomTexts.describe(n)).isEqualTo(text);
        }
      }
    }
  }

  @Test
  void servesManyThreads() throws InterruptedException, ExecutionException {
    List<String> texts =
        IntStream.range(0, 500)
            .mapToObj(n -> new Normalizer(2).normalize(RandomTexts.text(n)))
            .toList();
    List<List<Segment>> expected = texts.stream().map(t -> morphemes.segment(t, "ko")).toList();
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<List<Segment>>> results =
          texts.stream().map(t -> threads.submit(() -> morphemes.segment(t, "ko"))).toList();
      for (int i = 0; i < texts.size(); i++) {
        assertThat(results.get(i).get()).as(RandomTexts.describe(i)).isEqualTo(expected.get(i));
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void refusesALanguageWithoutAnalyzer() {
    assertThatThrownBy(() -> morphemes.segment("hello", "en"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("lang must be ko or ja, but was en");
  }

  private static List<String> marked(Segmenter segmenter, String text, String lang) {
    return segmenter.segment(text, lang).stream().map(Segment::marked).collect(Collectors.toList());
  }
}
