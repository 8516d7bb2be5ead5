package io.dialogbert.task.correct;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogbert.task.correct.LinearChecker.Lesson;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Who checks whom, and what a checker without a network learns. */
class LinearCheckerTest {
  private static final int[] NONE = {};

  @Test
  void everyRowHasItsNumberOfCheckersAndEqualTextsAreInOneChunk() {
    Folds folds = new Folds(8, 3, 1);
    int[] sizes = new int[8];
    for (int i = 0; i < 800; i++) {
      int[] text = {i, i + 1};
      int chunk = folds.chunk(1, text, NONE);
      sizes[chunk]++;
      assertThat(folds.chunk(1, text.clone(), NONE)).isEqualTo(chunk);
      assertThat(folds.judges(chunk)).hasSize(3);
    }
    assertThat(IntStream.of(sizes).boxed().toList())
        .allSatisfy(size -> assertThat(size).isBetween(60, 140));
    // Dealt anew in each round.
    assertThat(IntStream.range(0, 800).filter(i -> stays(folds, i)).count()).isBetween(60L, 140L);
    assertThatThrownBy(() -> new Folds(3, 3, 1))
        .hasMessage("checkers of a row must be 1 to 2, are 3");
  }

  private static boolean stays(Folds folds, int i) {
    int[] text = {i, i + 1};
    return folds.chunk(1, text, NONE) == folds.chunk(2, text, NONE);
  }

  @Test
  void learnsWordsPairsOfWordsAndWhatTwoTextsShare() {
    NgramFeatures words = new NgramFeatures(2, LinearChecker.numFeatures(2));
    // 5 6 and 6 5 have the same words in another order.
    LinearChecker order =
        LinearChecker.learn(
            2, lessons(words.of(new int[] {5, 6}, NONE), words.of(new int[] {6, 5}, NONE)), 1);
    assertThat(best(order, words.of(new int[] {5, 6}, NONE))).isEqualTo(0);
    assertThat(best(order, words.of(new int[] {6, 5}, NONE))).isEqualTo(1);
    LinearChecker same =
        LinearChecker.learn(
            2,
            lessons(words.of(new int[] {5}, new int[] {5}), words.of(new int[] {5}, new int[] {6})),
            1);
    assertThat(best(same, words.of(new int[] {5}, new int[] {5}))).isEqualTo(0);
    assertThat(best(same, words.of(new int[] {5}, new int[] {6}))).isEqualTo(1);
  }

  private static List<Lesson> lessons(int[] first, int[] second) {
    return IntStream.range(0, 40)
        .mapToObj(i -> Lesson.of(i % 2 == 0 ? first : second, i % 2))
        .toList();
  }

  private static int best(LinearChecker checker, int[] features) {
    return ClassLogs.of(checker.logits(features), 2, 0).best();
  }

  @Test
  void learnsProbabilities() {
    int[] features = {7};
    LinearChecker checker =
        LinearChecker.learn(
            3,
            IntStream.range(0, 2_000)
                .mapToObj(i -> new Lesson(features, new int[] {0, 2}, new double[] {0.3, 0.7}))
                .toList(),
            1);
    ClassLogs learned = ClassLogs.of(checker.logits(features), 3, 0);
    assertThat(learned.probability(0)).isBetween(0.25, 0.35);
    assertThat(learned.probability(1)).isLessThan(0.02);
  }

  @Test
  void holdsAThousandClassesInBoundedMemory() {
    assertThat((long) LinearChecker.numFeatures(1384) * 1384).isBetween(1L << 23, 1L << 25);
    assertThat(LinearChecker.numFeatures(2)).isEqualTo(1 << 18);
  }
}
