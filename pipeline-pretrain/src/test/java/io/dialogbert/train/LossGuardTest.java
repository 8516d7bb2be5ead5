package io.dialogbert.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

final class LossGuardTest {
  @Test
  void refusesWhatIsNotFiniteAndWhatLeaps() {
    LossGuard guard = new LossGuard(3, 2);
    assertThat(guard.accepts(6)).isTrue();
    assertThat(guard.accepts(6.1)).isFalse();
    assertThat(guard.accepts(Double.NaN)).isFalse();
    assertThat(guard.accepts(Double.POSITIVE_INFINITY)).isFalse();
  }

  @Test
  void takesAnyFiniteLossFirstOrWithoutALimit() {
    assertThat(new LossGuard(3, 0).accepts(1e9)).isTrue();
    assertThat(new LossGuard(0, 2).accepts(1e9)).isTrue();
    assertThat(new LossGuard(0, 2).accepts(Double.NaN)).isFalse();
  }

  @Test
  void followsTheLossSlowly() {
    assertThat(new LossGuard(3, 0).smoothed(8)).isEqualTo(8);
    assertThat(new LossGuard(3, 10).smoothed(5)).isCloseTo(9.5, within(1e-12));
  }
}
