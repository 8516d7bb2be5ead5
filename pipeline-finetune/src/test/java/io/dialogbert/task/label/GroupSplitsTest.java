package io.dialogbert.task.label;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.dialogue.Splits;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GroupSplitsTest {
  private static final long SEED = Long.getLong("tests.seed", 20191029L);
  private static final Splits EIGHT_ONE_ONE = new Splits(SEED, 0.1, 0.1);

  private static LabeledText pair(int row, String first, String second) {
    return new LabeledText("f.tsv", row, first, second, "same", Double.NaN, "");
  }

  private static LabeledText grouped(int row, String first, String group) {
    return new LabeledText("f.tsv", row, first, "", "same", Double.NaN, group);
  }

  @Test
  void noTextIsInTwoSplitsHoweverItIsWritten() {
    Random random = new Random(SEED);
    List<String> spellings = List.of("text %d", "Text %d", " text  %d ", "ｔｅｘｔ %d", "text　%d");
    List<LabeledText> pairs = new ArrayList<>();
    for (int i = 0; i < 3000; i++) {
      // Texts are shared by two pairs on average: first of one and second of another.
      String first = spellings.get(random.nextInt(5)).formatted(random.nextInt(6000));
      String second = spellings.get(random.nextInt(5)).formatted(random.nextInt(6000));
      pairs.add(pair(i, first.strip(), second.strip()));
    }
    GroupSplits splits = GroupSplits.of(Map.of(Splits.TRAIN, pairs), EIGHT_ONE_ONE);
    Map<String, String> splitOfText = new HashMap<>();
    splits
        .examples()
        .forEach(
            (split, texts) -> {
              assertThat(texts).as("seed %d, %s", SEED, split).hasSizeGreaterThan(100);
              for (LabeledText text : texts) {
                for (String key : text.textKeys()) {
                  assertThat(splitOfText.merge(key, split, (old, now) -> old))
                      .as("seed %d, %s", SEED, key)
                      .isEqualTo(split);
                }
              }
            });
    assertThat(splits.examples().values().stream().mapToInt(List::size).sum()).isEqualTo(3000);
    assertThat(splits.examples().keySet()).containsExactlyElementsOf(Splits.ALL);
    assertThat(splits.numGroups()).isGreaterThan(100);
    assertThat(splits.largestGroup()).isGreaterThan(1);
  }

  @Test
  void sharesAreThoseOfTheRatios() {
    List<LabeledText> texts =
        IntStream.range(0, 20_000).mapToObj(i -> pair(i, "a" + i, "b" + i)).toList();
    GroupSplits splits = GroupSplits.of(Map.of(Splits.TRAIN, texts), EIGHT_ONE_ONE);
    assertThat(splits.numGroups()).isEqualTo(20_000);
    assertThat(splits.largestGroup()).isEqualTo(1);
    assertThat(splits.examples().get(Splits.VALIDATION).size()).isBetween(1800, 2200);
    assertThat(splits.examples().get(Splits.TEST).size()).isBetween(1800, 2200);
  }

  @Test
  void theOrderOfRowsDoesNotMatter() {
    List<LabeledText> texts = new ArrayList<>();
    IntStream.range(0, 500).forEach(i -> texts.add(pair(i, "a" + i % 90, "b" + i % 70)));
    Map<String, List<LabeledText>> before =
        GroupSplits.of(Map.of(Splits.TRAIN, List.copyOf(texts)), EIGHT_ONE_ONE).examples();
    Collections.shuffle(texts, new Random(SEED));
    Map<String, List<LabeledText>> after =
        GroupSplits.of(Map.of(Splits.TRAIN, texts), EIGHT_ONE_ONE).examples();
    before.forEach(
        (split, rows) -> assertThat(after.get(split)).containsExactlyInAnyOrderElementsOf(rows));
  }

  @Test
  void aNamedGroupGoesToOneSplitEvenIfTextsDoNot() {
    List<LabeledText> texts =
        IntStream.range(0, 2000).mapToObj(i -> grouped(i, "네", "room " + i % 200)).toList();
    GroupSplits splits = GroupSplits.of(Map.of(Splits.TRAIN, texts), EIGHT_ONE_ONE);
    assertThat(splits.numGroups()).isEqualTo(200);
    assertThat(splits.largestGroup()).isEqualTo(10);
    Set<String> seen = new HashSet<>();
    splits
        .examples()
        .forEach(
            (split, rows) -> {
              assertThat(rows).isNotEmpty();
              Set<String> groups = new HashSet<>();
              rows.forEach(row -> groups.add(row.group()));
              assertThat(rows).hasSize(10 * groups.size());
              assertThat(seen).doesNotContainAnyElementsOf(groups);
              seen.addAll(groups);
            });
  }

  @Test
  void givenSplitsStayAndTheOthersGetTheirShareOfTrain() {
    List<LabeledText> train =
        IntStream.range(0, 1000).mapToObj(i -> pair(i, "a" + i, "b" + i)).toList();
    List<LabeledText> test = List.of(pair(1, "a1", "b1"), pair(2, "x", "y"));
    GroupSplits splits =
        GroupSplits.of(Map.of(Splits.TRAIN, train, Splits.TEST, test), EIGHT_ONE_ONE);
    assertThat(splits.examples().get(Splits.TEST)).isEqualTo(test);
    assertThat(splits.examples().get(Splits.VALIDATION).size()).isBetween(60, 140);
    GroupSplits all =
        GroupSplits.of(
            Map.of(Splits.TRAIN, train, Splits.TEST, test, Splits.VALIDATION, test), EIGHT_ONE_ONE);
    assertThat(all.examples().get(Splits.TRAIN)).isEqualTo(train);
    assertThat(all.numGroups()).isZero();
  }
}
