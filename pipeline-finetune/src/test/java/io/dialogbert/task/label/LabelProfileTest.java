package io.dialogbert.task.label;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.dialogue.Splits;
import io.dialogbert.task.label.LabelRule.ClassNames;
import io.dialogbert.task.tag.Entity;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LabelProfileTest {
  private static final LabelRule SCORES = new LabelRule.ScoreRange(0, 5);

  private static LabeledText pair(String first, String second, String label) {
    return new LabeledText("f", 1, first, second, label, Double.NaN, "");
  }

  private static LabeledText scored(String text, double score) {
    return new LabeledText("f", 1, text, "", "", score, "");
  }

  private static Map<String, Double> figures(
      Map<String, List<LabeledText>> examples, LabelRule rule) {
    Map<String, Double> figures = new LinkedHashMap<>();
    for (LabelProfile.Figure figure : LabelProfile.of(examples, rule)) {
      figures.put(
          (figure.split() + " " + figure.statistic() + " " + figure.name()).strip(),
          figure.value());
    }
    return figures;
  }

  @Test
  void countsClassesDuplicatesLeaksAndDisagreements() {
    Map<String, List<LabeledText>> examples = new LinkedHashMap<>();
    examples.put(
        Splits.TRAIN,
        List.of(
            pair("가", "나", "same"),
            pair("가", "나", "same"),
            pair("Ab", "cd", "same"),
            pair("ab", "CD", "other")));
    examples.put(
        Splits.TEST,
        List.of(pair("가", "나", "other"), pair("나", "다", "other"), pair("라", "마", "same")));
    Map<String, Double> figures =
        figures(examples, ClassNames.of(List.of("same", "other", "never")));
    assertThat(figures)
        .containsEntry("train rows", 4.0)
        .containsEntry("train rows-of-class same", 3.0)
        .containsEntry("train rows-of-class never", 0.0)
        .containsEntry("train duplicates", 2.0)
        .containsEntry("train texts-with-two-labels", 1.0)
        .containsEntry("test rows-of-class other", 2.0)
        .containsEntry("test duplicates", 0.0)
        .containsEntry("test texts-with-two-labels", 0.0)
        .containsEntry("test rows-also-in-train", 1.0)
        .containsEntry("test rows-with-a-text-in-train", 2.0)
        .doesNotContainKey("train rows-also-in-train")
        .doesNotContainKey("train score min");
  }

  @Test
  void countsEntitiesInsteadOfRowsOfAClass() {
    LabelRule rule = EntityRule.ofFields(ClassNames.of(List.of("person", "place")));
    LabeledText text =
        new LabeledText(
            "f",
            1,
            "김씨와 이씨",
            "",
            "",
            Double.NaN,
            "",
            List.of(new Entity(0, 1, 0), new Entity(4, 5, 0)));
    assertThat(figures(Map.of(Splits.TRAIN, List.of(text, scored("b", Double.NaN))), rule))
        .containsEntry("train rows", 2.0)
        .containsEntry("train entities-of-class person", 2.0)
        .containsEntry("train entities-of-class place", 0.0)
        .doesNotContainKey("train rows-of-class person");
  }

  @Test
  void givesQuantilesOfScoresAndOfLengthsInCodePoints() {
    Map<String, List<LabeledText>> examples =
        Map.of(
            Splits.TRAIN,
            List.of(scored("😀", 1), scored("😀", 4.5), scored("abc", 2), scored("abcd", 3)));
    assertThat(figures(examples, SCORES))
        .containsEntry("train score min", 1.0)
        .containsEntry("train score p50", 2.0)
        .containsEntry("train score max", 4.5)
        .containsEntry("train first-characters min", 1.0)
        .containsEntry("train first-characters p95", 4.0)
        .containsEntry("train texts-with-two-labels", 1.0)
        .doesNotContainKey("train second-characters min");
  }

  @Test
  void printsALineForEachSplit() {
    Map<String, List<LabeledText>> examples =
        Map.of(Splits.TRAIN, List.of(scored("a", 1), scored("ab", 2.5)));
    assertThat(LabelProfile.lines(LabelProfile.of(examples, SCORES)))
        .containsExactly(
            "train: rows 2, score min 1 / p50 1 / p95 2.5 / p99 2.5 / max 2.5,"
                + " first characters min 1 / p50 1 / p95 2 / p99 2 / max 2,"
                + " duplicates 0, texts with two labels 0");
  }
}
