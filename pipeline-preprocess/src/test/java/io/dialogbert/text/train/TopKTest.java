package io.dialogbert.text.train;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TopKTest {
  private static final double INF = Double.POSITIVE_INFINITY;

  @Test
  void selectsTheLargestInOrder() {
    assertThat(TopK.indices(new double[] {3, 9, -INF, INF, 5}, 3)).containsExactly(1, 3, 4);
  }

  @Test
  void selectsTheFirstOfEqualValues() {
    assertThat(TopK.indices(new double[] {1, 2, 1, 2, 1}, 3)).containsExactly(0, 1, 3);
  }

  @Test
  void selectsAllIfThereAreNoMore() {
    assertThat(TopK.indices(new double[] {-INF, 1}, 5)).containsExactly(0, 1);
    assertThat(TopK.indices(new double[] {1, 2}, 0)).isEmpty();
  }
}
