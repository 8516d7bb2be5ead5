package io.dialogbert.finetune.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.dialogbert.common.BadConfigException;
import io.dialogbert.common.BadInputException;
import io.dialogbert.finetune.objective.ClassObjective.Prediction;
import io.dialogbert.finetune.objective.ReplyObjective.Match;
import io.dialogbert.task.Layout;
import io.dialogbert.task.TaskExample;
import io.dialogbert.task.TaskSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What the objectives make of outputs. */
final class ObjectiveFiguresTest {
  private static final Layout LAYOUT = new Layout(16, 3, true);

  private static TaskSpec spec(TaskSpec.Kind kind, int numClasses) {
    return new TaskSpec(
        "made up",
        kind,
        LAYOUT,
        IntStream.range(0, numClasses)
            .mapToObj(i -> new TaskSpec.ClassName("ko", "class " + i))
            .toList(),
        TaskSpec.Range.NONE);
  }

  private static TaskExample labelled(int label) {
    return TaskExample.ofText("a-" + label, "ko", new int[] {7}, label);
  }

  @Test
  void ranksTheTrueClassAndGivesItsCrossEntropy() {
    float[] logits = {1, 3, 2};
    double sum = Math.exp(1) + Math.exp(3) + Math.exp(2);
    Prediction right = ClassObjective.prediction(labelled(1), logits);
    assertThat(right.predicted()).isEqualTo(1);
    assertThat(right.rank()).isZero();
    assertThat(right.loss()).isCloseTo(Math.log(sum) - 3, within(1e-12));
    Prediction last = ClassObjective.prediction(labelled(0), logits);
    assertThat(last.predicted()).isEqualTo(1);
    assertThat(last.rank()).isEqualTo(2);
    assertThat(last.loss()).isCloseTo(Math.log(sum) - 1, within(1e-12));
  }

  @Test
  void tellsHowWellTwoClassesAreToldApart() {
    ClassObjective objective = ClassObjective.ofLabels(spec(TaskSpec.Kind.TEXT_CLASSES, 2));
    List<Prediction> predictions =
        List.of(
            ClassObjective.prediction(labelled(0), new float[] {3, -1}),
            ClassObjective.prediction(labelled(0), new float[] {-1, 1}),
            ClassObjective.prediction(labelled(1), new float[] {1, 0}),
            ClassObjective.prediction(labelled(1), new float[] {-2, 4}));
    // Three of the four pairs of a first and a second have the second's probability above.
    assertThat(objective.figures(predictions).get("auroc")).isCloseTo(0.75, within(1e-12));
    assertThat(objective.figures(predictions.subList(0, 2)).get("auroc")).isZero();
  }

  @Test
  void ranksEqualLogitsInTheOrderOfClasses() {
    float[] logits = {2, 2, 2};
    for (int label = 0; label < 3; label++) {
      Prediction tied = ClassObjective.prediction(labelled(label), logits);
      assertThat(tied.predicted()).isZero();
      assertThat(tied.rank()).isEqualTo(label);
    }
  }

  @Test
  void refusesALabelThatIsNoClass() {
    for (int label : new int[] {-1, 3}) {
      assertThatThrownBy(() -> ClassObjective.prediction(labelled(label), new float[3]))
          .isInstanceOf(BadInputException.class)
          .hasMessage("label " + label + " of example a-" + label + " is outside 0..2");
    }
  }

  @Test
  void reportsTheTopThreeOfMoreClassesThanThree() {
    List<Prediction> predictions =
        IntStream.of(0, 2, 3)
            .mapToObj(rank -> new Prediction("a", 1, rank == 0 ? 1 : 2, rank, rank))
            .toList();
    // Of the classes that occur, 1 has a recall of 1 in 3, and 2 has none.
    assertThat(ClassObjective.ofLabels(spec(TaskSpec.Kind.REACTIONS, 4)).figures(predictions))
        .containsEntry("accuracy", 1 / 3.0)
        .containsEntry("top3_accuracy", 2 / 3.0)
        .containsEntry("loss", 5 / 3.0)
        .containsEntry("macro_accuracy", 1 / 3.0)
        .containsEntry("macro_f1", 0.25)
        .containsEntry("weighted_f1", 0.5);
    assertThat(ClassObjective.ofLabels(spec(TaskSpec.Kind.REACTIONS, 3)).figures(predictions))
        .containsOnlyKeys("accuracy", "loss", "macro_accuracy", "macro_f1", "weighted_f1");
  }

  /** As scikit-learn's compute_class_weight("balanced", ...) of 6, 3 and 1 examples. */
  @Test
  void balancesClasses() {
    List<Double> weights = ClassWeights.BALANCED.of(4, Map.of(0, 6L, 2, 3L, 3, 1L));
    assertThat(weights).hasSize(4);
    assertThat(weights.get(0)).isCloseTo(0.5555555555555556, within(1e-15));
    assertThat(weights.get(1)).isZero();
    assertThat(weights.get(2)).isCloseTo(1.1111111111111112, within(1e-15));
    assertThat(weights.get(3)).isCloseTo(3.3333333333333335, within(1e-15));
    ObjectiveConfig balanced =
        config(ObjectiveConfig.Method.CROSS, List.of(), ClassWeights.BALANCED);
    Objective<?> objective =
        balanced.of(spec(TaskSpec.Kind.REACTIONS, 2), () -> Map.of(0, 1L, 1, 3L));
    assertThat(((ClassObjective) objective).classWeights()).containsExactly(2.0, 2 / 3.0);
    assertThatThrownBy(() -> balanced.of(spec(TaskSpec.Kind.REPLIES, 0), Map::of))
        .isInstanceOf(BadConfigException.class)
        .hasMessage("finetune.class-weights must be none where examples have no class");
  }

  /** A query at an angle of 0 to its own reply, and of others as given. */
  private static Match match(int i, String lang, int key, double angle) {
    return new Match(
        "a-" + i,
        lang,
        key,
        new float[] {1, 0},
        new float[] {(float) Math.cos(angle), (float) Math.sin(angle)});
  }

  private static ReplyObjective replies(List<Integer> widths) {
    return (ReplyObjective)
        config(ObjectiveConfig.Method.VECTORS, widths, ClassWeights.NONE)
            .of(spec(TaskSpec.Kind.REPLIES, 0), Map::of);
  }

  private static ObjectiveConfig config(
      ObjectiveConfig.Method method, List<Integer> widths, ClassWeights weights) {
    return new ObjectiveConfig(method, ObjectiveConfig.VectorLoss.COSENT, 20, widths, 3, weights);
  }

  @Test
  void ranksTheOwnReplyAmongAHundred() {
    List<Match> matches = new ArrayList<>();
    for (int i = 0; i < 250; i++) {
      // All queries are equal, so a reply's rank is its place by angle within its block.
      matches.add(match(i, "ko", i, i % 100 * 0.01));
    }
    List<Integer> ranks = ReplyObjective.ranks(matches, Vectors::dot);
    assertThat(ranks).as("two whole blocks").hasSize(200);
    for (int i = 0; i < 200; i++) {
      assertThat(ranks.get(i)).isEqualTo(i % 100 + 1);
    }
    Map<String, Double> figures = replies(List.of()).figures(matches);
    assertThat(figures)
        .containsEntry("r100_at_1", 0.01)
        .containsEntry("r100_at_3", 0.03)
        .containsEntry("r100_at_10", 0.1);
    double harmonic = IntStream.rangeClosed(1, 100).mapToDouble(rank -> 1.0 / rank).sum();
    assertThat(figures.get("mrr")).isCloseTo(harmonic / 100, within(1e-12));
    double gain =
        IntStream.rangeClosed(1, 10).mapToDouble(rank -> Math.log(2) / Math.log(rank + 1)).sum();
    assertThat(figures.get("ndcg_at_10")).isCloseTo(gain / 100, within(1e-12));
  }

  /** The first element alone says nothing of a reply here, and the whole says all. */
  @Test
  void measuresThePrefixesThatLearned() {
    List<Match> matches = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      float[] own = match(i, "ko", i, i * 0.01).reply();
      matches.add(new Match("a-" + i, "ko", i, own, own));
    }
    assertThat(replies(List.of(1)).figures(matches))
        .containsEntry("r100_at_1", 1.0)
        .containsEntry("r100_at_1_width_1", 0.0);
    List<ScoredPair> pairs =
        List.of(
            new ScoredPair("a", 0, 0.1, List.of(0.3), new float[0]),
            new ScoredPair("b", 0.5, 0.2, List.of(0.2), new float[0]),
            new ScoredPair("c", 1, 0.3, List.of(0.1), new float[0]));
    assertThat(ScoredPair.figures(pairs, List.of(4)).get("spearman")).isCloseTo(1, within(1e-12));
    assertThat(ScoredPair.figures(pairs, List.of(4)).get("spearman_width_4"))
        .isCloseTo(-1, within(1e-12));
  }

  @Test
  void saysHowWellTwoNetworksAgree() {
    ClassObjective classes = ClassObjective.ofLabels(spec(TaskSpec.Kind.TEXT_CLASSES, 2));
    Prediction no = ClassObjective.prediction(labelled(0), new float[] {3, -1});
    Prediction yes = ClassObjective.prediction(labelled(0), new float[] {-1, 3});
    assertThat(classes.agreement(List.of(no, yes, yes, no), List.of(no, no, yes, no)))
        .isEqualTo(0.75);
    ScoreObjective scores =
        new ScoreObjective(
            new TaskSpec(
                "made up", TaskSpec.Kind.PAIR_SCORES, LAYOUT, List.of(), new TaskSpec.Range(0, 5)));
    List<ScoredPair> rising =
        List.of(ScoredPair.of("a", 0, 0.1), ScoredPair.of("b", 0, 0.2), ScoredPair.of("c", 0, 0.9));
    List<ScoredPair> falling =
        List.of(ScoredPair.of("a", 0, 5), ScoredPair.of("b", 0, 2), ScoredPair.of("c", 0, 1));
    assertThat(scores.agreement(rising, falling)).isCloseTo(-1, within(1e-12));
    assertThat(scores.vectorVariance(rising)).isEmpty();
    List<Match> matches =
        List.of(match(0, "ko", 0, 0.1), match(1, "ko", 1, 0.2), match(2, "ko", 2, 0.3));
    assertThat(replies(List.of()).agreement(matches, matches)).isCloseTo(1, within(1e-12));
  }

  /** Equal directions vary by 0, opposite ones by 1, and right angles by a half. */
  @Test
  void variesByTheSpreadOfDirections() {
    float[] east = {1, 0};
    float[] west = {-1, 0};
    float[] north = {0, 1};
    assertThat(Vectors.variance(List.of(east, east))).isZero();
    assertThat(Vectors.variance(List.of(east, west))).isEqualTo(1);
    assertThat(Vectors.variance(List.of(east, north))).isEqualTo(0.5);
    assertThat(Vectors.variance(List.of(Vectors.mean(List.of(east, west)), east)))
        .as("as of four vectors, three to the east")
        .isEqualTo(0.75);
    Match match = new Match("a", "ko", 1, east, north);
    assertThat(replies(List.of()).vectorVariance(List.of(match))).hasValue(0.5);
  }

  @Test
  void refusesWidthsWhereNoVectorsLearnOrThatAreNotShorter() {
    ObjectiveConfig config = config(ObjectiveConfig.Method.CROSS, List.of(4, 8), ClassWeights.NONE);
    assertThatThrownBy(() -> config.of(spec(TaskSpec.Kind.TEXT_CLASSES, 2), Map::of))
        .isInstanceOf(BadConfigException.class)
        .hasMessage(
            "finetune.vector-widths = [4, 8] must be empty where no sentence vectors are learned");
    config.requireWidthsBelow(9);
    assertThatThrownBy(() -> config.requireWidthsBelow(8))
        .isInstanceOf(BadConfigException.class)
        .hasMessage(
            "finetune.vector-widths = [4, 8] must be below the width of the sentence vectors, 8,"
                + " which learn in any case");
  }

  @Test
  void leavesOutCandidatesThatEqualTheOwnReply() {
    List<Match> matches = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      matches.add(match(i, "ko", i < 50 ? 7 : i, i * 0.01));
    }
    List<Integer> ranks = ReplyObjective.ranks(matches, Vectors::dot);
    for (int i = 0; i < 100; i++) {
      assertThat(ranks.get(i)).isEqualTo(i < 50 ? 1 : i + 1);
    }
  }

  @Test
  void ranksATieBehind() {
    List<Match> matches = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      matches.add(match(i, "ko", i, 0));
    }
    assertThat(ReplyObjective.ranks(matches, Vectors::dot)).containsOnly(100);
  }

  @Test
  void takesCandidatesOfTheSameLanguageOnly() {
    List<Match> matches = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      boolean korean = i % 2 == 0;
      matches.add(match(i, korean ? "ko" : "ja", i, korean ? 0.5 : 0.005 * (i - 1)));
    }
    Map<String, Double> figures = replies(List.of()).figures(matches);
    assertThat(figures)
        .containsEntry("ko_r100_at_10", 0.0)
        .containsEntry("ja_r100_at_10", 0.1)
        .containsEntry("r100_at_10", 0.05);
  }
}
