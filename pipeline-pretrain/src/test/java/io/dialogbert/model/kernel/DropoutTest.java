package io.dialogbert.model.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.dialogbert.model.ModelFixtures;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

class DropoutTest {
  private static final int LENGTH = 200_000;

  private static int[] mask(Dropout dropout) {
    int[] mask = new int[LENGTH];
    dropout.fill(mask, 0, LENGTH, 1);
    return mask;
  }

  @Test
  void dropsTheGivenShare() {
    for (double prob : new double[] {0.1, 0.5, 0.9}) {
      double kept =
          Arrays.stream(mask(new Dropout(prob, ModelFixtures.SEED))).average().orElseThrow();
      // At most five standard deviations of the mean: 5 sqrt(0.25 / 200,000).
      assertThat(kept).as("seed %d", ModelFixtures.SEED).isCloseTo(1 - prob, within(0.0056));
    }
  }

  @Test
  void nd4jDrawsTheSameMask() {
    for (double prob : new double[] {0.1, 0.5}) {
      Dropout dropout = new Dropout(prob, ModelFixtures.SEED);
      float[] expected = new float[LENGTH];
      int[] mask = mask(dropout);
      for (int i = 0; i < LENGTH; i++) {
        expected[i] = mask[i] * (float) dropout.scale();
      }
      INDArray drawn = new Nd4jDropout(new Arena(DataType.FLOAT)).mask(dropout, LENGTH);
      assertThat(drawn.toFloatVector()).isEqualTo(expected);
    }
  }

  @Test
  void neighborsAreIndependent() {
    int[] mask = mask(new Dropout(0.5, ModelFixtures.SEED));
    for (int distance : new int[] {1, 2, 48, 256}) {
      int equal = 0;
      for (int i = distance; i < LENGTH; i++) {
        equal += mask[i] == mask[i - distance] ? 1 : 0;
      }
      assertThat((double) equal / (LENGTH - distance))
          .as("distance %d", distance)
          .isCloseTo(0.5, within(0.0056));
    }
  }

  @Test
  void sameSeedGivesTheSameMaskAndAnotherAnIndependentOne() {
    int[] mask = mask(new Dropout(0.5, 1));
    assertThat(mask(new Dropout(0.5, 1))).isEqualTo(mask);
    for (long seed : new long[] {2, 1L << 32 | 1}) {
      int[] other = mask(new Dropout(0.5, seed));
      int equal = 0;
      for (int i = 0; i < LENGTH; i++) {
        equal += mask[i] == other[i] ? 1 : 0;
      }
      assertThat((double) equal / LENGTH).as("seed %d", seed).isCloseTo(0.5, within(0.0056));
    }
  }

  @Test
  void sitesStepsAndSeedsEachHaveTheirOwnMask() {
    Dropout dropout = DropoutSeeds.of(1, 1).at(1, 0.1);
    assertThat(DropoutSeeds.of(1, 1).at(1, 0.1)).isEqualTo(dropout);
    assertThat(DropoutSeeds.of(1, 1).at(2, 0.1)).isNotEqualTo(dropout);
    assertThat(DropoutSeeds.of(1, 2).at(1, 0.1)).isNotEqualTo(dropout);
    assertThat(DropoutSeeds.of(2, 1).at(1, 0.1)).isNotEqualTo(dropout);
    assertThat(DropoutSeeds.OFF.at(1, 0.1)).isEqualTo(Dropout.NONE);
  }

  @Test
  void refusesToDropEverything() {
    assertThatThrownBy(() -> new Dropout(1, 0)).hasMessageContaining("must be in [0, 1), is 1.0");
  }
}
