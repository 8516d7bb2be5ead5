package io.dialogbert.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What the metrics say of edges, and the mistakes that other implementations made. */
class MetricRulesTest {
  private static final Map<String, Double> THREE_RELEVANT = Map.of("a", 1.0, "b", 1.0, "c", 1.0);

  @Test
  void ndcgKnowsTheRelevantItemsThatWereNotRetrieved() {
    RankedItems<String> query = new RankedItems<>(List.of("a", "x"), THREE_RELEVANT);
    // An ideal of the retrieved items alone would give 1.
    double ideal = 1 + 1 / log2(3) + 1 / log2(4);
    assertThat(query.ndcgAt(10)).isCloseTo(1 / ideal, within(1e-12));
    assertThat(query.ndcgAt(1)).isEqualTo(1);
  }

  @Test
  void ndcgDiscountsTheSecondRankAlready() {
    RankedItems<String> second = new RankedItems<>(List.of("x", "a"), Map.of("a", 3.0));
    // The discounts that are off by one give 1 and 1 / log2(4).
    assertThat(second.ndcgAt(10)).isCloseTo(1 / log2(3), within(1e-12));
    assertThat(new Ranks(new int[] {2}).ndcgAt(10)).isCloseTo(1 / log2(3), within(1e-12));
  }

  @Test
  void ndcgOfAnItemRankedTwiceIsRefused() {
    assertThatThrownBy(() -> new RankedItems<>(List.of("a", "b", "a"), THREE_RELEVANT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the item at rank 3 is ranked twice");
  }

  @Test
  void ndcgHasALinearGain() {
    RankedItems<String> worst = new RankedItems<>(List.of("a", "b"), Map.of("a", 1.0, "b", 3.0));
    double discount = 1 / log2(3);
    assertThat(worst.ndcgAt(2)).isCloseTo((1 + 3 * discount) / (3 + discount), within(1e-12));
  }

  @Test
  void nothingRelevantCountsZero() {
    RankedItems<String> query = new RankedItems<>(List.of("a"), Map.of());
    assertThat(query.ndcgAt(10)).isZero();
    assertThat(query.reciprocalRank()).isZero();
  }

  @Test
  void gainsAreFiniteAndNotNegative() {
    for (double gain : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> new RankedItems<>(List.of("a"), Map.of("a", gain)))
          .hasMessage("gain " + gain + " must be finite and at least 0");
    }
  }

  @Test
  void equalScoresAreNeverToTheModelsAdvantage() {
    assertThat(Ranks.of(new float[] {1, 1, 1, 0}, 1)).isEqualTo(3);
    RankedItems<String> tied =
        RankedItems.byScore(Map.of("a", 1.0, "x", 1.0, "y", 0.5), Map.of("a", 1.0));
    assertThat(tied.ranking()).containsExactly("x", "a", "y");
  }

  @Test
  void anAbsentAnswerCountsZero() {
    Ranks ranks = new Ranks(new int[] {1, Ranks.ABSENT});
    assertThat(ranks.meanReciprocalRank()).isEqualTo(0.5);
    assertThat(ranks.recallAt(100)).isEqualTo(0.5);
    assertThat(ranks.ndcgAt(10)).isEqualTo(0.5);
  }

  @Test
  void aScoreThatIsNoNumberIsRefused() {
    assertThatThrownBy(() -> Ranks.of(new float[] {1, Float.NaN}, 0))
        .hasMessage("score 1 is not a number");
    assertThatThrownBy(() -> Ranks.of(new float[] {1, Float.NaN}, 1))
        .hasMessage("score 1 is not a number");
    assertThatThrownBy(() -> RankedItems.byScore(Map.of("a", Double.NaN), Map.of()))
        .hasMessage("a score is not a number");
    assertThatThrownBy(
            () -> Correlations.spearman(new double[] {1, 2}, new double[] {0, Double.NaN}))
        .hasMessage("score 1 is not a number");
    assertThatThrownBy(() -> new BinaryScores(new double[] {Double.NaN}, new boolean[] {true}))
        .hasMessage("score 0 is not a number");
  }

  @Test
  void everyMetricNeedsAnExampleAndArraysOfOneLength() {
    String message = "a metric needs at least one example";
    assertThatThrownBy(() -> new Classification(new int[0], new int[0], 2)).hasMessage(message);
    assertThatThrownBy(() -> new Ranks(new int[0])).hasMessage(message);
    assertThatThrownBy(() -> Correlations.pearson(new double[0], new double[0]))
        .hasMessage(message);
    assertThatThrownBy(() -> new BinaryScores(new double[0], new boolean[0])).hasMessage(message);
    assertThatThrownBy(() -> new Bootstrap(10, 0.9, 1).interval(List.of(), List::size))
        .hasMessage(message);
    assertThatThrownBy(() -> new Classification(new int[2], new int[1], 2))
        .hasMessage("1 predictions, but 2 labels");
    assertThatThrownBy(() -> new BinaryScores(new double[2], new boolean[1]))
        .hasMessage("2 scores, but 1 labels");
  }

  @Test
  void classesAndRanksOutOfRangeAreNamed() {
    assertThatThrownBy(() -> new Classification(new int[] {0, 2}, new int[] {0, 0}, 2))
        .hasMessage("label 2 of example 1 must be in [0, 2)");
    assertThatThrownBy(() -> new Classification(new int[] {0}, new int[] {-1}, 2))
        .hasMessage("prediction -1 of example 0 must be in [0, 2)");
    assertThatThrownBy(() -> new Ranks(new int[] {1, 0}))
        .hasMessage("rank 0 of query 1 must be at least 1");
  }

  @Test
  void confusionAddsUpAndOrdersEquallyLargeClasses() {
    Classification.Confusion confusion =
        new Classification(new int[] {3, 3, 1, 2, 0}, new int[] {3, 1, 1, 4, 4}, 5).confusion(2);
    assertThat(confusion.classes()).containsExactly(3, 0);
    assertThat(confusion.counts()).isDeepEqualTo(new long[][] {{1, 0, 1}, {0, 0, 1}, {0, 0, 2}});
  }

  @Test
  void bootstrapRepeatsWithItsSeedAndCountsUndefinedDraws() {
    List<Integer> items = IntStream.range(0, 3).boxed().toList();
    Bootstrap bootstrap = new Bootstrap(200, 0.95, 5);
    // Undefined where all drawn are the same: 3 of 27 draws.
    Bootstrap.Interval interval =
        bootstrap.interval(
            items, drawn -> drawn.stream().distinct().count() == 1 ? Double.NaN : drawn.get(0));
    assertThat(interval.numUndefined()).isBetween(5, 45);
    assertThat(interval.low()).isEqualTo(0);
    assertThat(interval.high()).isEqualTo(2);
    assertThat(bootstrap.interval(items, drawn -> drawn.get(0)))
        .isEqualTo(bootstrap.interval(items, drawn -> drawn.get(0)));
    Bootstrap.Interval none = bootstrap.interval(items, drawn -> Double.NaN);
    assertThat(none).isEqualTo(new Bootstrap.Interval(Double.NaN, Double.NaN, 200));
  }

  @Test
  void bootstrapCoversTheTruthAsOftenAsItSays() {
    int covered = 0;
    for (int trial = 0; trial < 300; trial++) {
      SplittableRandom random = new SplittableRandom(trial);
      List<Double> sample = IntStream.range(0, 60).mapToObj(i -> random.nextDouble()).toList();
      Bootstrap.Interval interval =
          new Bootstrap(300, 0.9, trial)
              .interval(sample, s -> s.stream().mapToDouble(x -> x).average().orElseThrow());
      covered += interval.low() <= 0.5 && 0.5 <= interval.high() ? 1 : 0;
    }
    assertThat(covered).isBetween(250, 290);
  }

  private static double log2(double x) {
    return Math.log(x) / Math.log(2);
  }
}
