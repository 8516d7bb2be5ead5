package io.dialogbert.text.morpheme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class LemmatizerTest {
  /** The morphemes of a text as {@code form/tag}, the lemmas of one joined by a plus. */
  private static List<String> morphemes(String lang, String text) {
    return Lemmatizer.bundled(lang).morphemes(text).stream()
        .map(
            lemmas ->
                lemmas.stream()
                    .map(lemma -> lemma.form() + "/" + lemma.partOfSpeech())
                    .collect(Collectors.joining("+")))
        .toList();
  }

  @Test
  void givesTheEndingsOfKoreanWords() {
    assertThat(morphemes("ko", "안 좋았어요")).containsExactly("안/MAG", "좋/VA", "았/E", "어요/E");
  }

  @Test
  void takesInflectedKoreanWordsApart() {
    assertThat(morphemes("ko", "고마워")).containsExactly("고맙/VA+어/E");
    // The half syllable of an ending is a conjoining letter.
    assertThat(morphemes("ko", "갈게요")).containsExactly("가/VV+\u11AF게요/E");
  }

  @Test
  void givesTheBaseFormsOfJapaneseWords() {
    assertThat(morphemes("ja", "行きませんか"))
        .containsExactly("行く/動詞-自立", "ます/助動詞", "ん/助動詞", "か/助詞-副助詞／並立助詞／終助詞");
  }

  @Test
  void keepsUnknownWordsAsTheyAre() {
    assertThat(morphemes("ko", "ㅇㅇ")).containsExactly("ㅇㅇ/UNKNOWN");
    assertThat(morphemes("ko", "")).isEmpty();
  }

  @Test
  void hasNoOtherLanguage() {
    assertThatThrownBy(() -> Lemmatizer.bundled("en"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("lang must be ko or ja, but was en");
  }
}
