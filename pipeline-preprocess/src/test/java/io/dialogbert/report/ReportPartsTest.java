package io.dialogbert.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogbert.common.BadInputException;
import io.dialogbert.report.ReportTable.Chart;
import io.dialogbert.report.ReportTable.ChartKind;
import io.dialogbert.report.ReportTable.Section;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReportPartsTest {
  @Test
  void textTableAlignsWideCharacters() {
    String table =
        new TextTable("text", "messages", "share")
            .row("ㅋㅋ", 1_234L, 0.0123)
            .row("わかる", 7L, 0.5)
            .row("ok", 12, 1.0)
            .render();
    assertThat(table)
        .isEqualTo(
            """
            text    messages    share
            ------  --------  -------
            ㅋㅋ       1,234   1.23 %
            わかる         7   50.0 %
            ok            12  100.0 %
            """);
  }

  @Test
  void widthCountsTerminalCells() {
    assertThat(TextTable.width("ab")).isEqualTo(2);
    assertThat(TextTable.width("한글")).isEqualTo(4);
    assertThat(TextTable.width("ﾊﾝ")).isEqualTo(2);
    assertThat(TextTable.width("😂")).isEqualTo(2);
    assertThat(TextTable.width("é")).as("e and a combining accent").isEqualTo(1);
  }

  @Test
  void textTableRefusesARowOfAnotherLength() {
    assertThatThrownBy(() -> new TextTable("a", "b").row(1))
        .hasMessage("row has 1 values, expected 2");
  }

  @Test
  void fractionsAreShownAsPercentages() {
    assertThat(Values.cell("share", 0.1234)).isEqualTo("12.3 %");
    assertThat(Values.cell("mean", 0.1234)).isEqualTo("0.1234");
    assertThat(Values.cell("mean", 12_345.6)).isEqualTo("12,346");
    assertThat(Values.number(0.00012)).isEqualTo("0.00012");
    assertThat(Values.bytes(1_536)).isEqualTo("1.5 KiB");
  }

  @Test
  void coverageOfReactionsHasALineForEachLanguageAndSplit() {
    ReportTable table =
        ReactionCoverage.of(
            List.of("split", "lang", "num_classes", "replies", "covered", "share"),
            List.of(
                List.of("test", "ko", 10, 200L, 20L, 0.1),
                List.of("test", "ko", 20, 200L, 30L, 0.15),
                List.of("train", "ja", 10, 400L, 100L, 0.25)));
    assertThat(table.rows())
        .containsExactly(
            List.of("ko test", 10, 200L, 20L, 0.1),
            List.of("ko test", 20, 200L, 30L, 0.15),
            List.of("ja train", 10, 400L, 100L, 0.25));
    assertThat(table.chart())
        .contains(
            new Chart(ChartKind.LINES, "num_classes", Optional.of("replies of"), List.of("share")));
  }

  @Test
  void frequentTextsStandSideBySide() {
    ReportTable table =
        CorpusTables.of(
            "frequent_texts",
            List.of("lang", "rank", "text", "messages", "share"),
            List.of(
                List.of("ko", 1L, "헐", 9L, 0.5),
                List.of("ja", 1L, "笑", 8L, 0.25),
                List.of("ko", 2L, "네", 7L, 0.1),
                List.of("ko", 26L, "late", 1L, 0.01)));
    assertThat(table.columns()).containsExactly("rank", "ko", "ko share", "ja", "ja share");
    assertThat(table.rows())
        .containsExactly(List.of(1L, "헐", 0.5, "笑", 0.25), List.of(2L, "네", 0.1, "", ""));
  }

  @Test
  void unknownTableIsShownAsItIs() {
    ReportTable table = CorpusTables.of("emoji", List.of("a"), List.of(List.of(1L)));
    assertThat(table.title()).isEqualTo("emoji");
    assertThat(table.chart()).isEmpty();
  }

  @Test
  void tableRefusesWhatDoesNotFit() {
    assertThatThrownBy(() -> table(List.of("a", "b"), Optional.empty()))
        .hasMessage("row 0 has 1 values, expected 2");
    assertThatThrownBy(() -> table(List.of("a", "a"), Optional.empty()))
        .hasMessageContaining("two columns of one name");
    Chart chart = new Chart(ChartKind.BARS, "b", Optional.empty(), List.of("a"));
    assertThatThrownBy(() -> table(List.of("a"), Optional.of(chart)))
        .hasMessageContaining("chart asks for column b");
  }

  @Test
  void metricsNameTheLineThatIsDamaged() {
    String good = "{\"step\":1,\"mlm_loss\":2.5}\n";
    assertThat(TrainingRun.parse("pretrain", good + "\n").points()).hasSize(1);
    assertThatThrownBy(() -> TrainingRun.parse("pretrain", good + "{\"step\":"))
        .isInstanceOf(BadInputException.class)
        .hasMessage("not JSON: pretrain, metrics line 2");
    assertThatThrownBy(() -> TrainingRun.parse("pretrain", "{\"step\":\"a\"}"))
        .isInstanceOf(BadInputException.class)
        .hasMessage("step is no whole number: pretrain, metrics line 1");
  }

  /** The console prints the same figure by {@link RangeCheck#line}. */
  @Test
  void figuresOfExamplesStandBesideTheRangeOfTheirManifest() {
    StageReport stage =
        Examples.stage(
            "build-examples",
            Map.of(),
            Map.of(
                "fill_ratio", 0.83,
                "mask_ratio", 0.1509,
                "mask_ratio.expected_least", 0.1509,
                "mask_ratio.expected_most", 0.1509,
                "random_pair_ratio", 0.6,
                "random_pair_ratio.expected_least", 0.49,
                "random_pair_ratio.expected_most", 0.51));
    assertThat(StageTables.of(List.of(stage)).get(0).rows())
        .containsExactly(
            List.of("fill_ratio", "0.8300", ""),
            List.of("mask_ratio", "0.1509", "0.1509"),
            List.of("random_pair_ratio", "0.6000", "0.4900 to 0.5100   <-- OUTSIDE"));
  }

  @Test
  void lostRowsCountDroppedAndRejectedTogether() {
    StageReport stage =
        Examples.stage(
            "s", Map.of("dropped.empty", 2L, "rejected.empty", 3L, "rows_out", 1L), Map.of());
    assertThat(stage.lostRows()).containsExactly(Map.entry("empty", 5L));
    assertThat(stage.seconds()).hasValue(12.5);
    assertThat(stage.bytes()).isEqualTo(1_234_567);
  }

  private static ReportTable table(List<String> columns, Optional<Chart> chart) {
    return new ReportTable(Section.CORPUS, "t", "", columns, List.of(List.<Object>of(1L)), chart);
  }

  @Test
  void stageOfOlderInputsIsMarked() {
    StageReport stage = Examples.stage("build-dialogues", Map.of(), Map.of());
    assertThat(stage.label()).isEqualTo("build-dialogues");
    assertThat(new StageReport(stage.directory(), stage.manifest(), true).label())
        .isEqualTo("build-dialogues (of older inputs)");
  }
}
