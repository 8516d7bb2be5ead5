package io.dialogbert.model.kernel;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogbert.common.BadConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CudaCardsTest {
  @ParameterizedTest
  @CsvSource({"3, 7", "5, 0", "7, 5", "8, 0", "8, 9"})
  void takesCardsThatTheBinaryHasCodeFor(int major, int minor) {
    assertThatCode(() -> CudaCards.requireCode(0, major, minor)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource({"3, 5", "9, 0", "10, 0", "12, 0"})
  void refusesCardsThatTheBinaryHasNoCodeFor(int major, int minor) {
    assertThatThrownBy(() -> CudaCards.requireCode(1, major, minor))
        .isInstanceOf(BadConfigException.class)
        .hasMessageContaining(
            "GPU 1 has compute capability "
                + major
                + "."
                + minor
                + "; ND4J's CUDA backend runs on 3.7 to 8.9 only");
  }

  @Test
  void asksForNoCardOnTheCpu() {
    assertThatCode(CudaCards::requireUsable).doesNotThrowAnyException();
  }
}
