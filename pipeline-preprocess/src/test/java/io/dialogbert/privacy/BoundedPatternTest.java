package io.dialogbert.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BoundedPatternTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "abc; 3; 0",
        "a|bcd; 3; 0",
        "[0-9]{2,6}+; 6; 0",
        "(?:ab?){3}c; 7; 0",
        "(?<![0-9])1(?![0-9]); 2; 1",
        "(?<=가나|다)1; 1; 2",
        "(?<pii>[a\\]]{2}) ?x; 4; 0",
        "([ \\-])a\\1; 3; 0",
        "a(?=.{3})b; 7; 0",
        "[^0-9]; 2; 0",
        "[\\x{FE0F}a]b; 2; 0",
        "a[b-d]++; 2; 0",
        "a(?:b{0,8}c|d++)*; 10; 0",
        "a$; 3; 0",
      })
  void tellsHowFarAPatternLooks(String pattern, int ahead, int behind) {
    BoundedPattern bounded = new BoundedPattern(pattern);

    assertThat(bounded.ahead()).isEqualTo(ahead);
    assertThat(bounded.behind()).isEqualTo(behind);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a+b", "a*b", "a{2,}b", "(?:a+){2}", "a(?!b*c)", "(?:a++b)?c", "(?:a*b)+"})
  void refusesRepetitionWithoutBound(String pattern) {
    assertThatThrownBy(() -> new BoundedPattern(pattern))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("pattern must have a bound for each repetition but one at its end: " + pattern);
  }

  @Test
  void refusesWhatItDoesNotUnderstand() {
    assertThatThrownBy(() -> new BoundedPattern("a\\b"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("pattern has a part whose bound is unknown at character 3: a\\b");
  }
}
