package io.dialogbert.train;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProgressTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0 s",
    "59, 59 s",
    "157, 2 min 37 s",
    "3599, 59 min 59 s",
    "3600, 1 h 0 min",
    "86399, 23 h 59 min",
    "97200, 1 d 3 h",
  })
  void durationsAreShownInTwoUnits(long seconds, String shown) {
    assertThat(Progress.duration(seconds)).isEqualTo(shown);
  }
}
