package io.dialogbert.finetune.label;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogbert.common.BadConfigException;
import io.dialogbert.dialogue.Splits;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.task.label.LabelRule;
import io.dialogbert.task.label.LabelSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LabeledFilesConfigTest {
  private static final String PREFIX = "build-task-data.labeled.";

  private static LabeledFilesConfig read(String... settings) {
    List<String> all = new ArrayList<>();
    Stream.of(settings).forEach(setting -> all.add(PREFIX + setting));
    ConfigReader reader = ConfigReader.open(Optional.empty(), all);
    LabeledFilesConfig config =
        LabeledFilesConfig.read(reader.section("build-task-data").section("labeled"));
    reader.finish("build-task-data");
    return config;
  }

  private static void assertProblem(String problem, String... settings) {
    List<String> all = new ArrayList<>(List.of("train=[t]"));
    if (Stream.of(settings).noneMatch(setting -> setting.startsWith("labels"))) {
      all.add("labels=[a, b]");
    }
    all.addAll(List.of(settings));
    assertThatThrownBy(() -> read(all.toArray(String[]::new)))
        .isInstanceOf(BadConfigException.class)
        .hasMessageContaining(problem);
  }

  @Test
  void hasDefaults() {
    assertThat(read("train=[t]", "labels=[a, b]"))
        .isEqualTo(
            new LabeledFilesConfig(
                Map.of(
                    Splits.TRAIN,
                    List.of("t"),
                    Splits.VALIDATION,
                    List.of(),
                    Splits.TEST,
                    List.of()),
                LabeledFormat.TSV,
                ',',
                true,
                new LabelSchema(
                    "text",
                    Optional.empty(),
                    Optional.of("label"),
                    List.of(),
                    0,
                    LabelRule.ClassNames.of(List.of("a", "b"))),
                0.1,
                0.1,
                0.01,
                Optional.empty()));
  }

  @Test
  void readsEverySetting() {
    assertThat(
            read(
                "train=[t]",
                "validation=[v]",
                "test=[e1, e2]",
                "format=csv",
                "csv-delimiter=\\t",
                "header=false",
                "columns.first=\"#1\"",
                "columns.second=\"#2\"",
                "columns.label=\"#0\"",
                "columns.group=[\"#3\"]",
                "kind=score",
                "min-score=-1",
                "max-score=1",
                "validation-ratio=0.2",
                "test-ratio=0.3",
                "max-reject-ratio=0.5"))
        .isEqualTo(
            new LabeledFilesConfig(
                Map.of(
                    Splits.TRAIN,
                    List.of("t"),
                    Splits.VALIDATION,
                    List.of("v"),
                    Splits.TEST,
                    List.of("e1", "e2")),
                LabeledFormat.CSV,
                '\t',
                false,
                new LabelSchema(
                    "#1",
                    Optional.of("#2"),
                    Optional.of("#0"),
                    List.of("#3"),
                    0,
                    new LabelRule.ScoreRange(-1, 1)),
                0.2,
                0.3,
                0.5,
                Optional.empty()));
    assertThat(read("train=[t]", "labels=[a, b]", "rows-per-group=10").schema().rowsPerGroup())
        .isEqualTo(10);
  }

  @Test
  void refusesWhatDoesNotFitTogether() {
    assertProblem("must have at least two classes", "labels=[]");
    assertProblem("must be empty if kind is neither classes nor tags", "kind=score");
    assertProblem("must be set if kind is paraphrases", "kind=paraphrases", "labels=[]");
    assertProblem("must be below max-score", "kind=score", "labels=[]", "min-score=5");
    assertProblem("text must be a place, such as #0, since header is false", "header=false");
    assertProblem(
        "#1 must be a name: only columns of tsv and csv have places",
        "format=json",
        "columns.first=\"#1\"");
    assertProblem("must be set", "columns.first=\"\"");
    assertProblem(
        "must be 0 if columns.group names the group", "rows-per-group=2", "columns.group=[g]");
    assertProblem("must leave examples for training beside validation-ratio", "test-ratio=0.95");
    assertProblem("must not name a path that is named already: t", "test=[t]");
    assertProblem("must name at least one path", "train=[]");
    assertProblem("must be one character or \\t", "csv-delimiter=\"\\\"\"");
  }

  @Test
  void aRatioOfZeroWithoutFilesAsksForNoExamples() {
    LabeledFilesConfig config =
        read("train=[t]", "labels=[a, b]", "test-ratio=0", "validation-ratio=0", "test=[e]");
    assertThat(Splits.ALL).filteredOn(config::wants).containsExactly(Splits.TRAIN, Splits.TEST);
  }
}
