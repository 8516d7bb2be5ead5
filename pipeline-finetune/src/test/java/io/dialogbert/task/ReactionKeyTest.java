package io.dialogbert.task;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ReactionKeyTest {
  @ParameterizedTest
  @ValueSource(strings = {"좋아", "좋아!!", "좋아 ㅋㅋ", "좋아~", "좋 아", "ㅋㅋ좋아ㅠㅠ", "좋아 👍", "좋아..2"})
  void makesTheSameReactionOfTheSameWords(String reply) {
    assertThat(ReactionKey.of(reply)).isEqualTo("좋아");
  }

  @ParameterizedTest
  @CsvSource({"ㅋ,ㅋㅋ", "ㅋㅋㅋ!,ㅋㅋ", "ㅎㅎㅋ,ㅎㅎ", "ㅠㅠ,ㅠㅠ", "...ㅜ,ㅜㅜ"})
  void keepsOneSignOfLaughterOrTearsAlone(String reply, String key) {
    assertThat(ReactionKey.of(reply)).isEqualTo(key);
  }

  @ParameterizedTest
  @CsvSource({"OK,ok", "Ok!,ok", "了解です。,了解です", "ありがとー！,ありがとー", "ㅇㅇ,ㅇㅇ", "ㄴㄴ!,ㄴㄴ"})
  void keepsLettersInLowerCase(String reply, String key) {
    assertThat(ReactionKey.of(reply)).isEqualTo(key);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "!!", "👍👍", "2019", "~^^"})
  void isEmptyWithoutLetters(String reply) {
    assertThat(ReactionKey.of(reply)).isEmpty();
  }

  @Test
  void takesTwelveLettersAndNoMore() {
    assertThat(ReactionKey.of("가".repeat(12))).isEqualTo("가".repeat(12));
    assertThat(ReactionKey.of("가".repeat(13))).isEmpty();
  }

  @Test
  void doesNotCountLaughterAndSpaces() {
    assertThat(ReactionKey.of("가 ".repeat(12) + "ㅋㅋㅋㅋㅋ!!")).isEqualTo("가".repeat(12));
  }

  @ParameterizedTest
  @ValueSource(strings = {"[PHONE]", "응 [URL]", "[EMAIL] 여기"})
  void isEmptyForMaskedPersonalData(String reply) {
    assertThat(ReactionKey.of(reply)).isEmpty();
  }

  @Test
  void keepsDifferentWordsApart() {
    assertThat(ReactionKey.of("좋아")).isNotEqualTo(ReactionKey.of("좋아요"));
  }
}
