package io.dialogbert.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ExampleStatsTest {
  private static final PretrainExample THREE_TURNS =
      example(
          new int[] {2, 10, 5, 1, 3, 11, 3},
          new int[] {0, 0, 0, 1, 1, 0, 0},
          PretrainExample.FOLLOWS);
  private static final PretrainExample TWO_TURNS =
      example(new int[] {2, 10, 3, 11, 3}, new int[] {0, 0, 0, 1, 1}, PretrainExample.RANDOM);

  @Test
  void addsUpAndMerges() {
    ExampleStats stats = new ExampleStats(8);
    stats.add(THREE_TURNS, new MaskedInput(new int[7], new int[] {1}, new int[] {10}));
    ExampleStats other = new ExampleStats(8);
    other.add(TWO_TURNS, new MaskedInput(new int[5], new int[0], new int[0]));
    stats.merge(other);

    assertThat(stats.examples()).isEqualTo(2);
    assertThat(stats.tokens()).isEqualTo(12);
    assertThat(stats.fillRatio()).isEqualTo(12 / 16.0);
    assertThat(stats.meanTurns()).isEqualTo(2.5);
    assertThat(stats.randomPairRatio()).isEqualTo(0.5);
    assertThat(stats.maskRatio()).isEqualTo(0.25);
    assertThat(stats.unknownRatio()).isCloseTo(0.2, within(1e-12));
  }

  @Test
  void isZeroWithoutExamples() {
    assertThat(new ExampleStats(8).fillRatio()).isZero();
    assertThat(new ExampleStats(8).meanTurns()).isZero();
  }

  private static PretrainExample example(int[] ids, int[] turnIds, int label) {
    int[] segmentIds = new int[ids.length];
    return new PretrainExample(
        "e", "d", "ko", "train", ids, segmentIds, turnIds, label, new int[0], new int[0]);
  }
}
