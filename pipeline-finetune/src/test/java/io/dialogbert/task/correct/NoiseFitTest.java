package io.dialogbert.task.correct;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.dialogbert.common.Seeds;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Temperature, channel and posteriors, on rows whose truth is known. */
class NoiseFitTest {
  private static final long SEED = Long.getLong("tests.seed", 20191029);

  /** Q(given | true), rows by the true class. */
  private static final double[][] CHANNEL = {
    {0.80, 0.15, 0.05}, {0.05, 0.90, 0.05}, {0.25, 0.05, 0.70}
  };

  /**
   * Rows whose classes are drawn from the probabilities that the checkers would have if they were
   * well calibrated; they state them too flatly, to the power of 1/2.
   */
  private static List<LabelEvidence> mixture(int numRows) {
    SplittableRandom random = Seeds.of(SEED, "mixture");
    List<LabelEvidence> rows = new ArrayList<>();
    for (int i = 0; i < numRows; i++) {
      double[] logits = random.doubles(3, -4, 4).toArray();
      double[] probabilities = DoubleStream.of(logits).map(Math::exp).toArray();
      double sum = DoubleStream.of(probabilities).sum();
      int truth = draw(random, DoubleStream.of(probabilities).map(p -> p / sum).toArray());
      int given = draw(random, CHANNEL[truth]);
      double[] flat = DoubleStream.of(logits).map(logit -> logit / 2).toArray();
      rows.add(new LabelEvidence(given, ClassLogs.of(flat, 20, given), null));
    }
    return rows;
  }

  private static int draw(SplittableRandom random, double[] probabilities) {
    double left = random.nextDouble();
    int drawn = 0;
    while (drawn < probabilities.length - 1 && left >= probabilities[drawn]) {
      left -= probabilities[drawn++];
    }
    return drawn;
  }

  @Test
  void findsTheChannelAndTheTemperatureOfAMixture() {
    NoiseModel model = new NoiseFit(new ListSums(mixture(20_000)), 3).fit();
    assertThat(model.temperature()).as("seed %d", SEED).isEqualTo(0.5, within(0.06));
    for (int from = 0; from < 3; from++) {
      for (int to = 0; to < 3; to++) {
        assertThat(model.channel().probability(from, to))
            .as("seed %d, %d to %d", SEED, from, to)
            .isEqualTo(CHANNEL[from][to], within(0.02));
      }
    }
  }

  @Test
  void isTheSameBitForBitInEveryOrder() {
    List<LabelEvidence> rows = mixture(3_000);
    NoiseModel model = new NoiseFit(new ListSums(rows), 3).fit();
    Collections.shuffle(rows, new Random(SEED));
    NoiseModel shuffled = new NoiseFit(new ListSums(rows), 3).fit();
    assertThat(shuffled).usingRecursiveComparison().isEqualTo(model);
  }

  @Test
  void posteriorsSumToOneWithAndWithoutHistoryAndWithFewOfManyClasses() {
    int numClasses = 1384;
    SplittableRandom random = Seeds.of(SEED, "many");
    Transitions even = Transitions.even(numClasses, 0.9);
    for (double history : new double[] {0, 1}) {
      NoiseModel model = new NoiseModel(0.7, even, 0.5, even, history);
      double[] logits = random.doubles(numClasses, -3, 3).toArray();
      ClassLogs before = ClassLogs.certain(3, numClasses);
      ClassLogs pooled = ClassLogs.of(logits, 20, 3);
      ClassLogs posterior = model.posterior(new LabelEvidence(3, pooled, before));
      assertThat(posterior.classes()).hasSizeBetween(20, 21).contains(3);
      double kept = IntStream.of(posterior.classes()).mapToDouble(posterior::probability).sum();
      assertThat(kept + Math.exp(posterior.rest())).isEqualTo(1, within(1e-12));
      assertThat(posterior.rest()).isGreaterThan(Double.NEGATIVE_INFINITY);
    }
  }

  @Test
  void theHistoryPullsARowToWhereItsLikeHaveMoved() {
    // Rows that were thought to be of class 0 have mostly moved to class 1.
    long[] moves = new long[9];
    moves[1] = ExactSums.fixed(90);
    moves[0] = ExactSums.fixed(10);
    Transitions history = Transitions.of(3, moves);
    Transitions even = Transitions.even(3, 0.8);
    ClassLogs undecided = ClassLogs.of(new double[] {0, 0, 0}, 20, 0);
    LabelEvidence row = new LabelEvidence(0, undecided, ClassLogs.certain(0, 3));
    assertThat(new NoiseModel(1, even, 0.5, history, 0).posterior(row).best()).isEqualTo(0);
    assertThat(new NoiseModel(1, even, 0.5, history, 1).posterior(row).best()).isEqualTo(1);
    // Smoothed: no way back is closed for ever.
    assertThat(history.probability(1, 2)).isGreaterThan(0.01);
    assertThat(history.probability(1, 1)).isGreaterThan(0.8);
  }

  @Test
  void poolsTheMeanOfTheLogsSoThatThreeWhoSayTheSameAreNoSurer() {
    ClassLogs one = ClassLogs.of(new double[] {2, 1, 0}, 20, 0);
    ClassLogs pooled = ClassLogs.pool(List.of(one, one, one), 20, 0);
    for (int c = 0; c < 3; c++) {
      assertThat(pooled.probability(c)).isEqualTo(one.probability(c), within(1e-12));
    }
  }

  /** What two checkers keep differs; a class that one left out has its share of that one's rest. */
  @Test
  void poolsCheckersThatKeepDifferentClasses() {
    ClassLogs some = ClassLogs.of(new double[] {3, 2, 0, 0}, 2, 0);
    ClassLogs others = ClassLogs.of(new double[] {0, 2, 3, 0}, 2, 0);
    assertThat(others.classes()).containsExactly(0, 1, 2);
    ClassLogs pooled = ClassLogs.pool(List.of(some, others), 2, 0);
    assertThat(pooled.classes()).contains(0).hasSizeBetween(2, 3);
    double kept = IntStream.of(pooled.classes()).mapToDouble(pooled::probability).sum();
    assertThat(kept + Math.exp(pooled.rest())).isEqualTo(1, within(1e-12));
  }

  @Test
  void replacesWhatIsSureAndFlagsWhatIsNot() {
    Verdict.Rules rules = new Verdict.Rules(0.9, 0.6);
    assertThat(verdict(rules, 1, 0.95)).isEqualTo(new Verdict(0, Verdict.Kind.CORRECT));
    assertThat(verdict(rules, 1, 0.85)).isEqualTo(new Verdict(0, Verdict.Kind.FLAG));
    assertThat(verdict(rules, 0, 0.7)).isEqualTo(new Verdict(0, Verdict.Kind.KEEP));
    assertThat(verdict(rules, 0, 0.55)).isEqualTo(new Verdict(0, Verdict.Kind.FLAG));
    // A class whose rows are never surer than this.
    ClassLogs posterior = logs(0.85);
    assertThat(rules.of(1, posterior, c -> 0.8)).isEqualTo(new Verdict(0, Verdict.Kind.CORRECT));
    assertThatThrownBy(() -> new Verdict.Rules(0.5, 0.6))
        .hasMessageContaining("0.6, must be at most")
        .hasMessageContaining("0.5");
  }

  private static Verdict verdict(Verdict.Rules rules, int given, double ofFirst) {
    return rules.of(given, logs(ofFirst), c -> 1);
  }

  private static ClassLogs logs(double ofFirst) {
    return ClassLogs.of(new double[] {Math.log(ofFirst), Math.log(1 - ofFirst)}, 20, 0);
  }
}
