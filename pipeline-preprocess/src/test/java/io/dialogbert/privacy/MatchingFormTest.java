package io.dialogbert.privacy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MatchingFormTest {
  @ParameterizedTest
  @CsvSource({
    "０１０－１２３４, 010-1234",
    "010ㆍ1234ㆍ5678, 010-1234-5678",
    "010•1234∙5678, 010-1234-5678",
    "010・1234●5678, 010-1234-5678",
    "010 · 1234, 010 - 1234",
    "０１０・１２３４, 010-1234",
    "2・10, 2-10",
    "010ー1234一5678, 010-1234-5678",
    "12ㆍ가ㆍ3456, 12·가·3456",
    "• 사과 • 배, · 사과 · 배",
    "가\u3000나, 가 나",
  })
  void hasOneSpellingOfWhatLooksAlike(String text, String expected) {
    assertThat(MatchingForm.of(text)).isEqualTo(expected);
    assertThat(MatchingForm.of(expected)).isEqualTo(expected);
  }

  /** Dots that list single digits, hide digits, or stand among letters. */
  @ParameterizedTest
  @ValueSource(strings = {"1·2·3", "3·1", "品川 あ・・12", "1●●●", "가·나", "ア・イ", "1,000", "ラーメン"})
  void leavesOtherCharacters(String text) {
    assertThat(MatchingForm.of(text)).isEqualTo(text);
  }
}
