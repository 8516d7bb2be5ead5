package io.dialogbert.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SourceDrawsTest {
  private static final int BATCH = 4;

  private static SourceDraws draws(double power) {
    return new SourceDraws(new long[] {10_000, 100, 1}, power, BATCH, 7);
  }

  private static double[] shares(double power) {
    SourceDraws draws = draws(power);
    double[] shares = new double[3];
    int count = 20_000;
    for (int batch = 0; batch < count; batch++) {
      shares[draws.at((long) batch * BATCH).source()] += 1.0 / count;
    }
    return shares;
  }

  @Test
  void drawsInProportionToAPowerOfTheSizes() {
    assertThat(shares(0)).containsExactly(new double[] {1 / 3.0, 1 / 3.0, 1 / 3.0}, within(0.02));
    assertThat(shares(0.5))
        .containsExactly(new double[] {100 / 111.0, 10 / 111.0, 1 / 111.0}, within(0.01));
    assertThat(shares(1))
        .containsExactly(new double[] {10000 / 10101.0, 100 / 10101.0, 1 / 10101.0}, within(0.003));
  }

  /** Every source is read from its start, without gaps. */
  @Test
  void readsEachSourceInItsOwnOrder() {
    SourceDraws draws = draws(0);
    long[] read = new long[3];
    for (int batch = 0; batch < 100; batch++) {
      SourceDraws.Draw draw = draws.at((long) batch * BATCH);
      assertThat(draw.position()).isEqualTo(read[draw.source()]);
      read[draw.source()] += BATCH;
    }
  }

  /** As do workers, and a run that goes on. */
  @Test
  void drawsTheSameFromAnyPlace() {
    List<SourceDraws.Draw> all = new ArrayList<>();
    SourceDraws draws = draws(0.5);
    for (int batch = 0; batch < 50; batch++) {
      all.add(draws.at((long) batch * BATCH));
    }
    SourceDraws others = draws(0.5);
    for (int batch = 31; batch < 50; batch += 3) {
      assertThat(others.at((long) batch * BATCH)).isEqualTo(all.get(batch));
      assertThat(others.at((long) batch * BATCH)).isEqualTo(all.get(batch));
    }
    assertThatThrownBy(() -> others.at(0)).hasMessage("batch 0 comes before the last one, 49");
  }
}
