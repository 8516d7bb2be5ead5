package io.dialogbert.distill.teacher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dialogbert.model.head.Softmax;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class TopLogitsTest {
  private static final long SEED = 20191029;
  private static final int ROUNDS = 50;

  private static float[] logits(SplittableRandom random, int count) {
    float[] logits = new float[count];
    for (int c = 0; c < count; c++) {
      logits[c] = (float) (4 * random.nextGaussian());
    }
    return logits;
  }

  @Test
  void keepsTheGreatestInOrderAndOfEqualOnesTheFirst() {
    TopLogits top = TopLogits.of(new float[] {1, 3, 2, 3, 0}, 3);
    assertThat(top.classes()).containsExactly(1, 3, 2);
    assertThat(top.logits()).containsExactly(3, 3, 2);
    assertThat(top.rest()).isCloseTo((float) Math.log(Math.E + 1), within(1e-6f));
  }

  @Test
  void losesNoProbability() {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int round = 0; round < ROUNDS; round++) {
      int count = 2 + random.nextInt(20);
      int k = 1 + random.nextInt(count - 1);
      float[] all = logits(random, count);
      float[] exact = Softmax.probabilities(all);
      TopLogits top = TopLogits.of(all, k);
      float[] restored = Softmax.probabilities(top.all(count));
      double kept = 0;
      for (int c : top.classes()) {
        assertThat(restored[c])
            .as("class %d, seed %d, round %d", c, SEED, round)
            .isCloseTo(exact[c], within(1e-5f));
        kept += exact[c];
      }
      for (int c = 0; c < count; c++) {
        int other = c;
        if (Arrays.stream(top.classes()).noneMatch(listed -> listed == other)) {
          assertThat((double) restored[c])
              .as("class %d of the rest, seed %d, round %d", c, SEED, round)
              .isCloseTo((1 - kept) / (count - k), within(1e-5));
        }
      }
    }
  }

  @Test
  void restoresAllIfAllAreKept() {
    float[] all = {0.5f, -2, 7};
    TopLogits top = TopLogits.of(all, 3);
    assertThat(top.rest()).isEqualTo(Float.NEGATIVE_INFINITY);
    assertThat(top.all(3)).containsExactly(all);
  }
}
