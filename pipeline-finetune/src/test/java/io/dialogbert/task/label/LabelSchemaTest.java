package io.dialogbert.task.label;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LabelSchemaTest {
  private static final LabelRule CLASSES = LabelRule.ClassNames.of(List.of("0=same", "1=other"));

  private static LabelSchema schema(LabelRule rule, List<String> group, int rowsPerGroup) {
    return new LabelSchema("a", Optional.of("b"), Optional.of("y"), group, rowsPerGroup, rule);
  }

  private static LabeledText read(LabelSchema schema, Map<String, String> values)
      throws BadExampleException {
    return schema.read("f.tsv", 7, 25, values);
  }

  @Test
  void trimsTextsAndNamesClassesInAnyCase() throws Exception {
    LabelSchema schema =
        new LabelSchema(
            "a",
            Optional.empty(),
            Optional.of("y"),
            List.of(),
            0,
            LabelRule.ClassNames.of(List.of("TRUE", "no=false")));
    assertThat(read(schema, Map.of("a", " 밥 먹었어?\u3000", "y", " True ")))
        .isEqualTo(new LabeledText("f.tsv", 7, "밥 먹었어?", "", "TRUE", Double.NaN, ""));
    assertThat(schema.rule().classes()).containsExactly("TRUE", "false");
    assertThat(schema.columns()).containsExactly("a", "y");
  }

  @Test
  void severalLabelsMayHaveOneName() {
    LabelRule rule = LabelRule.ClassNames.of(List.of("1=good", "yes=good", "0=bad", "a=b=odd"));
    assertThat(rule.classes()).containsExactly("good", "bad", "odd");
  }

  @Test
  void refusesLabelsThatNameNoClasses() {
    assertThatThrownBy(() -> LabelRule.ClassNames.of(List.of("a", "A")))
        .hasMessage("must have a once; upper and lower case are the same");
    assertThatThrownBy(() -> LabelRule.ClassNames.of(List.of("a=x", "b=x")))
        .hasMessage("must have at least two classes");
    assertThatThrownBy(() -> LabelRule.ClassNames.of(List.of("a=", "b")))
        .hasMessage("must have a label and a name in \"a=\"");
    assertThatThrownBy(() -> new LabelRule.ScoreRange(5, 5))
        .hasMessage("the lowest score 5.0 must be below the highest score 5.0");
  }

  @Test
  void readsScoresInTheirRange() throws Exception {
    LabelSchema schema = schema(new LabelRule.ScoreRange(0, 5), List.of(), 0);
    assertThat(read(schema, Map.of("a", "x", "b", "y", "y", "3.80")).score()).isEqualTo(3.8);
    assertReject(
        schema,
        Map.of("a", "x", "b", "y", "y", "5.01"),
        "score-out-of-range",
        "a score must be between 0.0 and 5.0");
    assertReject(
        schema,
        Map.of("a", "x", "b", "y", "y", "NaN"),
        "score-out-of-range",
        "a score must be between 0.0 and 5.0");
    assertReject(
        schema, Map.of("a", "x", "b", "y", "y", "high"), "bad-score", "a score must be a number");
  }

  @Test
  void namesTheRuleThatARowBreaksButNotItsValues() {
    LabelSchema schema = schema(CLASSES, List.of("g"), 0);
    assertReject(schema, Map.of("b", "y", "y", "0", "g", "1"), "missing-field", "a must be there");
    assertReject(
        schema,
        Map.of("a", "x", "b", " \u200B", "y", "0", "g", "1"),
        "empty-text",
        "b must not be empty");
    assertReject(
        schema,
        Map.of("a", "x", "b", "y", "y", "2", "g", "1"),
        "unknown-label",
        "a label must be one of 0, 1");
    assertReject(
        schema,
        Map.of("a", "x", "b", "y", "y", "0", "g", " "),
        "empty-group",
        "g must not be empty");
  }

  @Test
  void groupsAreColumnsOrRows() throws Exception {
    Map<String, String> values = Map.of("a", "x", "b", "y", "y", "0", "g", "Subject ", "h", "2");
    assertThat(read(schema(CLASSES, List.of("g", "h"), 0), values).group()).isEqualTo("subject\t2");
    assertThat(read(schema(CLASSES, List.of(), 10), values).group()).isEqualTo("f.tsv\t2");
    assertThat(read(schema(CLASSES, List.of(), 0), values).group()).isEmpty();
  }

  private static void assertReject(
      LabelSchema schema, Map<String, String> values, String reason, String rule) {
    assertThatThrownBy(() -> read(schema, values))
        .isInstanceOf(BadExampleException.class)
        .hasMessage(reason + ": " + rule);
  }
}
