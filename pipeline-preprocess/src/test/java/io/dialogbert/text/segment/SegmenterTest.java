package io.dialogbert.text.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogbert.text.RandomTexts;
import io.dialogbert.text.TokenizerMethod;
import io.dialogbert.text.TokenizerSettings;
import io.dialogbert.text.normalize.Normalizer;
import io.dialogbert.text.piece.Symbols;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SegmenterTest {
  private static final List<String> SYMBOLS = List.of("[PHONE]", "[PHONE2]");

  private final Segmenter morphemes = segmenter(TokenizerMethod.MORPHEME);
  private final Segmenter words = segmenter(TokenizerMethod.SPACE);

  private static Segmenter segmenter(TokenizerMethod method) {
    return new TokenizerSettings(method, new Normalizer(2, false), SYMBOLS).segmenter();
  }

  @Test
  void cutsTheExampleOfTheDialogBertTalk() {
    assertThat(marked(morphemes, "안녕 데뷰야 나는 핑퐁이야 ㅎㅎ", "ko"))
        .containsExactly("▁안녕", "▁데", "뷰", "야", "▁나", "는", "▁핑퐁", "이", "야", "▁ㅎㅎ");
  }

  @Test
  void cutsWordsAtSpacesOnly() {
    assertThat(marked(words, "나는 핑퐁이야 ㅎㅎ", "ko")).containsExactly("▁나는", "▁핑퐁이야", "▁ㅎㅎ");
  }

  @Test
  void keepsUserSymbolsWhole() {
    for (Segmenter segmenter : List.of(morphemes, words)) {
      assertThat(marked(segmenter, "번호[PHONE]로 [PHONE2]", "ko"))
          .containsExactly("▁번호", "<[PHONE]>", "로", "▁<[PHONE2]>");
    }
  }

  @Test
  void tellsThePartOfSpeechWhereItIsAskedFor() {
    assertThat(marked(segmenter(TokenizerMethod.MORPHEME_TAG), "나는 [PHONE]", "ko"))
        .containsExactly("▁나/NP", "는/J", "▁<[PHONE]>");
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
    Normalizer normalizer = new Normalizer(2, false);
    for (int n = 0; n < 5_000; n++) {
      String text = normalizer.normalize(RandomTexts.text(n));
      for (Segmenter segmenter : List.of(morphemes, words)) {
        for (String lang : List.of("ko", "ja")) {
          String joined = String.join("", marked(segmenter, text, lang));
          assertThat(joined.replace("<[PHONE]>", "[PHONE]").replace('▁', ' ').strip())
              .as(RandomTexts.describe(n))
              .isEqualTo(text);
        }
      }
    }
  }

  @Test
  void servesManyThreads() throws InterruptedException, ExecutionException {
    List<String> texts =
        IntStream.range(0, 500)
            .mapToObj(n -> new Normalizer(2, false).normalize(RandomTexts.text(n)))
            .toList();
    List<List<String>> expected = texts.stream().map(t -> marked(morphemes, t, "ko")).toList();
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<List<String>>> results =
          texts.stream().map(t -> threads.submit(() -> marked(morphemes, t, "ko"))).toList();
      for (int i = 0; i < texts.size(); i++) {
        assertThat(results.get(i).get()).as(RandomTexts.describe(i)).isEqualTo(expected.get(i));
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void refusesALanguageWithoutAnalyzer() {
    assertThatThrownBy(() -> marked(morphemes, "hello", "en"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("lang must be ko or ja, but was en");
  }

  /** Segments with their marks and tags; user symbols are in angle brackets. */
  private static List<String> marked(Segmenter segmenter, String text, String lang) {
    List<String> segments = new ArrayList<>();
    segmenter.segment(
        text,
        lang,
        (start, end, startsWord, kind, tag) -> {
          String segment = Symbols.tagged(text.substring(start, end), tag);
          boolean isSymbol = kind == SegmentSink.Kind.USER_SYMBOL;
          segments.add((startsWord ? "▁" : "") + (isSymbol ? "<" + segment + ">" : segment));
        });
    return segments;
  }
}
