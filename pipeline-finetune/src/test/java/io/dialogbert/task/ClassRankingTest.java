package io.dialogbert.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class ClassRankingTest {
  private static final long SEED = Long.getLong("tests.seed", 20191029L);
  private static final int TRIALS = 200;
  private static final float[] PROBABILITIES = {0.5f, 0.2f, 0.25f, 0.05f};

  @Test
  void ranksByProbabilityAndThenInTheOrderOfClasses() {
    assertThat(ClassRanking.byProbability(4).top(PROBABILITIES, 4, c -> c))
        .containsExactly(0, 2, 1, 3);
    assertThat(ClassRanking.byProbability(3).top(new float[] {0.4f, 0.2f, 0.4f}, 2, c -> c))
        .containsExactly(0, 2);
  }

  @Test
  void ranksFrequentClassesDown() {
    // With one added: 90, 5, 4 and 1 of 100.
    List<Long> counts = List.of(89L, 4L, 3L, 0L);
    // p / prior: 0.56, 4, 6.25, 5.
    assertThat(ClassRanking.withPrior(counts, 1).top(PROBABILITIES, 4, c -> c))
        .containsExactly(2, 3, 1, 0);
    // p / prior^0.5: 0.53, 0.89, 1.25, 0.5.
    assertThat(ClassRanking.withPrior(counts, 0.5).top(PROBABILITIES, 4, c -> c))
        .containsExactly(2, 1, 0, 3);
    assertThat(ClassRanking.withPrior(counts, 0).top(PROBABILITIES, 4, c -> c))
        .containsExactly(0, 2, 1, 3);
  }

  @Test
  void givesTheBestOfEachGroup() {
    ClassRanking ranking = ClassRanking.byProbability(4);
    assertThat(ranking.top(PROBABILITIES, 4, c -> c % 2)).containsExactly(0, 1);
    assertThat(ranking.top(PROBABILITIES, 1, c -> c % 2)).containsExactly(0);
    assertThat(ranking.top(PROBABILITIES, 3, c -> c / 2)).containsExactly(0, 2);
  }

  @Test
  void refusesProbabilitiesOfOtherClasses() {
    assertThatThrownBy(() -> ClassRanking.byProbability(3).top(PROBABILITIES, 1, c -> c))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("4 probabilities of 3 classes");
  }

  /** Against the definition, for classes of probability 0, too. */
  @Test
  void agreesWithTheDefinition() {
    Random random = new Random(SEED);
    for (int trial = 0; trial < TRIALS; trial++) {
      String what = "trial %d, repeat with -Dtests.seed=%d".formatted(trial, SEED);
      int numClasses = 2 + random.nextInt(30);
      int numGroups = 1 + random.nextInt(10);
      double exponent = random.nextInt(5) / 4.0;
      float[] p = new float[numClasses];
      for (int c = 0; c < numClasses; c++) {
        p[c] = random.nextInt(5) == 0 ? 0 : random.nextFloat();
      }
      int[] groups = random.ints(numClasses, 0, numGroups).toArray();
      List<Long> counts =
          IntStream.range(0, numClasses).mapToObj(c -> (long) random.nextInt(100)).toList();
      double all = counts.stream().mapToLong(count -> count + 1).sum();
      int n = 1 + random.nextInt(numClasses);
      List<Integer> top = ClassRanking.withPrior(counts, exponent).top(p, n, c -> groups[c]);
      assertThat(top.stream().map(c -> groups[c])).as(what).doesNotHaveDuplicates();
      assertThat(top).as(what).hasSize((int) Math.min(n, IntStream.of(groups).distinct().count()));
      double[] scores =
          IntStream.range(0, numClasses)
              .mapToDouble(c -> p[c] / Math.pow((counts.get(c) + 1) / all, exponent))
              .toArray();
      var given = top.stream().map(c -> groups[c]).collect(Collectors.toSet());
      double least = 1e-12;
      for (int i = 0; i < top.size(); i++) {
        int c = top.get(i);
        for (int other = 0; other < numClasses; other++) {
          boolean isRival = groups[other] == groups[c] || !given.contains(groups[other]);
          if (isRival || top.indexOf(other) > i) {
            assertThat(scores[other]).as(what).isLessThanOrEqualTo(scores[c] + least * scores[c]);
          }
        }
      }
    }
  }
}
