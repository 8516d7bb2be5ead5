package io.dialogbert.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogbert.common.BadInputException;
import io.dialogbert.common.Manifest;
import io.dialogbert.report.ReportTable.Chart;
import io.dialogbert.report.ReportTable.ChartKind;
import io.dialogbert.report.ReportTable.Section;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

  @Test
  void workDirectoryHoldsFinishedStagesInOrder(@TempDir Path root) throws IOException {
    StageReport stage = Examples.stage("pretrain", Map.of("rows_in", 5L), Map.of());
    write(root.resolve("b/manifest.json"), stage.manifest().toJson());
    write(root.resolve("b/metrics.jsonl"), Examples.metrics());
    write(
        root.resolve("c/manifest.json"),
        stage.manifest().toJson().replace("2026-01-01", "2025-12-31").replace("pretrain", "first"));
    Files.createDirectory(root.resolve("unfinished"));
    WorkDirectory work = WorkDirectory.read(root);
    assertThat(work.stages())
        .extracting(s -> s.manifest().job())
        .containsExactly("first", "pretrain");
    assertThat(work.stages().get(0).rowsIn()).hasValue(5);
    assertThat(work.runs()).extracting(TrainingRun::name).containsExactly("pretrain");
  }

  @Test
  void workDirectoryWithoutAFinishedStageIsRefused(@TempDir Path root) {
    assertThatThrownBy(() -> WorkDirectory.read(root))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("run the stages first");
  }

  @Test
  void lostRowsCountDroppedAndRejectedTogether() {
    StageReport stage =
        Examples.stage(
            "s", Map.of("dropped.empty", 2L, "rejected.empty", 3L, "rows_out", 1L), Map.of());
    assertThat(stage.lost()).containsExactly(Map.entry("empty", 5L));
    assertThat(stage.seconds()).hasValue(12.5);
    assertThat(stage.bytes()).isEqualTo(1_234_567);
  }

  private static ReportTable table(List<String> columns, Optional<Chart> chart) {
    return new ReportTable(Section.CORPUS, "t", "", columns, List.of(List.<Object>of(1L)), chart);
  }

  private static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  @Test
  void stageIsMarkedWhoseInputWasMadeAgainSince() {
    StageReport messages = Examples.stage("ingest-messages", Map.of("rows_out", 5L), Map.of());
    StageReport again = Examples.stage("ingest-messages", Map.of("rows_out", 6L), Map.of());
    StageReport dialogues =
        Examples.stage(
            "build-dialogues",
            List.of(
                new Manifest.Input(
                    "messages",
                    "work/quickstart/../quickstart/ingest-messages",
                    messages.manifest().fingerprint())),
            Map.of(),
            Map.of());
    assertThat(dialogues.label(List.of(messages, dialogues))).isEqualTo("build-dialogues");
    assertThat(dialogues.label(List.of(again, dialogues)))
        .isEqualTo("build-dialogues (of older inputs)");
    assertThat(dialogues.label(List.of(dialogues))).isEqualTo("build-dialogues");
  }
}
