package io.dialogbert.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Compares the metrics to scikit-learn, SciPy, ranx and pytrec_eval on 10,000 random predictions
 * with ties, empty classes and short lists. {@code make_golden_metrics.py} draws the same numbers
 * in the same order.
 */
class OfficialMetricsTest {
  private static final int N = 10_000;
  private static final int SHORT = 500;
  private static final double TOLERANCE = 1e-9;

  private static JsonNode golden;

  @BeforeAll
  static void readGolden() throws IOException {
    try (InputStream in = OfficialMetricsTest.class.getResourceAsStream("/golden/metrics.json")) {
      golden = new ObjectMapper().readTree(in);
    }
  }

  /** Numbers as the script draws them. */
  private record Draws(SplittableRandom random) {
    Draws(long seed) {
      this(new SplittableRandom(seed));
    }

    int[] below(int bound, int n) {
      return IntStream.range(0, n).map(i -> (int) ((random.nextLong() >>> 33) % bound)).toArray();
    }

    float[] floatsBelow(int bound, int n) {
      float[] floats = new float[n];
      int[] drawn = below(bound, n);
      for (int i = 0; i < n; i++) {
        floats[i] = drawn[i];
      }
      return floats;
    }
  }

  @Test
  void classification() {
    assertClassification(golden.get("classification"), 1, N, 12);
    assertClassification(golden.get("binary"), 2, N, 2);
    JsonNode few = golden.get("short_classifications");
    assertThat(few).hasSize(20);
    for (int i = 0; i < few.size(); i++) {
      assertClassification(few.get(i), 100 + i, 1 + i % 7, 12);
    }
  }

  private static void assertClassification(JsonNode expected, long seed, int n, int numClasses) {
    Draws draws = new Draws(seed);
    int[] labels = minimum(draws.below(numClasses, n), draws.below(numClasses, n));
    int[] predictions = minimum(draws.below(numClasses, n), draws.below(numClasses, n));
    int[] right = draws.below(3, n);
    for (int i = 0; i < n; i++) {
      if (right[i] == 0) {
        predictions[i] = labels[i];
      }
      labels[i] = labels[i] == 7 || labels[i] == 9 ? 0 : labels[i];
      predictions[i] = predictions[i] == 8 || predictions[i] == 9 ? 1 : predictions[i];
    }
    Classification actual = new Classification(labels, predictions, numClasses);
    assertClose(actual.accuracy(), expected.get("accuracy"));
    assertClose(actual.macroAccuracy(), expected.get("macro_accuracy"));
    assertClose(actual.macroF1(), expected.get("macro_f1"));
    assertClose(actual.weightedF1(), expected.get("weighted_f1"));
    assertClose(actual.f1(1), expected.get("binary_f1"));
    for (int c = 0; c < numClasses; c++) {
      assertClose(actual.f1(c), expected.get("f1").get(c));
    }
    Classification.Confusion confusion = actual.confusion(4);
    ObjectMapper json = new ObjectMapper();
    assertThat(json.<JsonNode>valueToTree(confusion.classes()))
        .isEqualTo(expected.get("largest_classes"));
    assertThat(json.<JsonNode>valueToTree(confusion.counts()).toString())
        .isEqualTo(expected.get("confusion").toString());
  }

  private static int[] minimum(int[] a, int[] b) {
    return IntStream.range(0, a.length).map(i -> Math.min(a[i], b[i])).toArray();
  }

  @Test
  void topK() {
    Draws draws = new Draws(3);
    int[] labels = draws.below(12, N);
    float[][] scores = new float[N][];
    Arrays.setAll(scores, i -> draws.floatsBelow(6, 12));
    int[] favored = draws.below(3, N);
    for (int i = 0; i < N; i++) {
      scores[i][labels[i]] += favored[i] == 0 ? 2 : 0;
    }
    Ranks ranks = ranks(scores, labels);
    for (int k : new int[] {1, 3, 5}) {
      assertClose(ranks.recallAt(k), golden.get("top_k").get("" + k));
    }
  }

  private static Ranks ranks(float[][] scores, int[] answers) {
    return new Ranks(
        IntStream.range(0, scores.length).map(i -> Ranks.of(scores[i], answers[i])).toArray());
  }

  @Test
  void correlations() {
    JsonNode expected = golden.get("correlations");
    Draws draws = new Draws(4);
    double[][] xy = correlated(draws, N, 26);
    assertClose(Correlations.pearson(xy[0], xy[1]), expected.get("pearson"));
    assertClose(Correlations.spearman(xy[0], xy[1]), expected.get("spearman"));
    int undefined = 0;
    for (int i = 0; i < SHORT; i++) {
      double[][] few = correlated(draws, 1 + i % 20, 4);
      assertClose(Correlations.pearson(few[0], few[1]), expected.get("short_pearson").get(i));
      assertClose(Correlations.spearman(few[0], few[1]), expected.get("short_spearman").get(i));
      undefined += expected.get("short_pearson").get(i).isNull() ? 1 : 0;
    }
    assertThat(undefined).isBetween(SHORT / 20, SHORT / 5);
  }

  private static double[][] correlated(Draws draws, int n, int steps) {
    int[] x = draws.below(steps, n);
    int[] noise = draws.below(3 * steps, n);
    return new double[][] {
      Arrays.stream(x).asDoubleStream().toArray(),
      IntStream.range(0, n).mapToDouble(i -> noise[i] + x[i]).toArray()
    };
  }

  @Test
  void binaryScores() {
    JsonNode expected = golden.get("binary_scores");
    Draws draws = new Draws(5);
    BinaryScores scores = binary(draws, N, 40);
    assertClose(scores.auroc(), expected.get("auroc"));
    assertClose(scores.averagePrecision(), expected.get("average_precision"));
    for (int i = 0; i < SHORT; i++) {
      BinaryScores few = binary(draws, 1 + i % 20, 4);
      assertClose(few.auroc(), expected.get("short_auroc").get(i));
      assertClose(few.averagePrecision(), expected.get("short_average_precision").get(i));
    }
  }

  private static BinaryScores binary(Draws draws, int n, int steps) {
    int[] quarter = draws.below(4, n);
    int[] base = draws.below(steps, n);
    int[] lift = draws.below(steps, n);
    boolean[] positive = new boolean[n];
    double[] scores = new double[n];
    for (int i = 0; i < n; i++) {
      positive[i] = quarter[i] == 0;
      scores[i] = base[i] + (positive[i] ? lift[i] / 2.0 : 0);
    }
    return new BinaryScores(scores, positive);
  }

  @Test
  void oneRightReplyAmong100() {
    JsonNode expected = golden.get("candidates");
    Draws draws = new Draws(6);
    int[] answers = draws.below(100, N);
    float[][] scores = new float[N][];
    Arrays.setAll(scores, i -> draws.floatsBelow(50, 100));
    int[] favored = draws.below(2, N);
    for (int i = 0; i < N; i++) {
      scores[i][answers[i]] += 25 * favored[i];
    }
    Ranks ranks = ranks(scores, answers);
    assertClose(ranks.meanReciprocalRank(), expected.get("mrr"));
    assertClose(ranks.ndcgAt(10), expected.get("ndcg_10"));
    for (int k : new int[] {1, 3, 10}) {
      assertClose(ranks.recallAt(k), expected.get("recall_" + k));
    }
  }

  @Test
  void rankedItems() {
    Draws draws = new Draws(7);
    List<RankedItems<Integer>> retrieved = new ArrayList<>();
    List<RankedItems<Integer>> complete = new ArrayList<>();
    for (int q = 0; q < N; q++) {
      int[] drawnGains = draws.below(12, 40);
      int[] drawnScores = draws.below(8, 40);
      int numRetrieved = draws.below(31, 1)[0];
      Map<Integer, Double> gains = new HashMap<>();
      Map<Integer, Double> scores = new HashMap<>();
      for (int i = 0; i < 40; i++) {
        gains.put(i, Math.max(drawnGains[i] - 8.0, 0));
        scores.put(i, (double) drawnScores[i]);
      }
      complete.add(RankedItems.byScore(scores, gains));
      scores.keySet().removeIf(i -> i >= numRetrieved);
      retrieved.add(RankedItems.byScore(scores, gains));
    }
    assertRanked(retrieved, golden.get("ranked_items"));
    assertRanked(complete, golden.get("ranked_items").get("complete"));
  }

  private static void assertRanked(List<RankedItems<Integer>> queries, JsonNode expected) {
    assertClose(mean(queries, RankedItems::reciprocalRank), expected.get("mrr"));
    for (int k : new int[] {3, 10}) {
      assertClose(mean(queries, query -> query.ndcgAt(k)), expected.get("ndcg_" + k));
    }
  }

  private static <T> double mean(List<T> items, ToDoubleFunction<T> value) {
    return items.stream().mapToDouble(value).average().orElseThrow();
  }

  @Test
  void bootstrap() {
    List<Integer> values = Arrays.stream(new Draws(8).below(10, 200)).boxed().toList();
    Bootstrap.Interval interval =
        new Bootstrap(1000, 0.9, 9).interval(values, drawn -> mean(drawn, Integer::intValue));
    assertClose(interval.low(), golden.get("bootstrap").get("low"));
    assertClose(interval.high(), golden.get("bootstrap").get("high"));
    assertThat(interval.numUndefined()).isZero();
  }

  /** Null in the file is NaN. */
  private static void assertClose(double actual, JsonNode expected) {
    if (expected.isNull()) {
      assertThat(actual).isNaN();
    } else {
      assertThat(actual).isCloseTo(expected.asDouble(), within(TOLERANCE));
    }
  }
}
