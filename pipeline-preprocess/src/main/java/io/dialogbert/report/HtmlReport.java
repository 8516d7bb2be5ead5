package io.dialogbert.report;

import io.dialogbert.common.Resources;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The report as one self-contained HTML page. */
public final class HtmlReport {
  private static final int MAX_TABLE_ROWS = 60;
  private static final int NUM_SHOWN_REASONS = 4;

  /** Baselines by figure name: the metric to compare with, and its label. */
  private static final Map<String, List<String>> BASELINES =
      Map.of(
          "baseline_unigram_loss", List.of("mlm_loss", "unigram entropy"),
          "baseline_most_frequent_token_accuracy", List.of("mlm_accuracy", "most frequent token"),
          "baseline_nsp_accuracy", List.of("nsp_accuracy", "majority"),
          "baseline_most_frequent_class_accuracy", List.of("accuracy", "most frequent class"));

  private static final Map<ReportTable.Section, String> SECTION_TITLES =
      Map.of(
          ReportTable.Section.CORPUS, "Corpus",
          ReportTable.Section.EXAMPLES, "Examples",
          ReportTable.Section.MODELS, "Models");

  private final ReportData data;
  private final List<ReportTable> tables = new ArrayList<>();
  private final HtmlPage page;

  private HtmlReport(ReportData data) {
    this.data = data;
    page = new HtmlPage(data.title());
    tables.addAll(data.tables());
    tables.addAll(StageTables.of(data.stages()));
  }

  /** Identifies the files that make up the page. */
  public static String fingerprint() {
    return Resources.fingerprint(HtmlReport.class, HtmlPage.FILES);
  }

  /** The page; write it as UTF-8. */
  public static String render(ReportData data) {
    return new HtmlReport(data).render();
  }

  private String render() {
    summary();
    pipeline();
    section(ReportTable.Section.CORPUS);
    section(ReportTable.Section.EXAMPLES);
    training();
    section(ReportTable.Section.MODELS);
    places();
    return page.end();
  }

  private void summary() {
    if (!data.summary().isEmpty()) {
      page.markup("<dl class=\"figures\">\n");
      for (ReportData.Figure figure : data.summary()) {
        page.markup("<div><dt>").text(figure.label()).markup("</dt><dd>");
        page.text(figure.value()).markup("</dd>");
        if (!figure.note().isEmpty()) {
          page.markup("<dd class=\"note\">").text(figure.note()).markup("</dd>");
        }
        page.markup("</div>\n");
      }
      page.markup("</dl>\n");
    }
  }

  private void pipeline() {
    page.heading("Pipeline");
    List<List<String>> rows = new ArrayList<>();
    for (StageReport stage : data.stages()) {
      rows.add(
          List.of(
              stage.label(),
              count(stage.rowsIn()),
              count(stage.rowsOut()),
              reasons(stage),
              decimal(stage.seconds(), "%,.1f"),
              decimal(stage.peakMebibytes(), "%,.0f")));
    }
    page.table(
        List.of("stage", "rows in", "rows out", "dropped or rejected", "seconds", "peak MiB"),
        rows);
    List<List<Object>> seconds = new ArrayList<>();
    for (StageReport stage : data.stages()) {
      stage.seconds().ifPresent(s -> seconds.add(List.of(stage.manifest().job(), s)));
    }
    page.markup("<div class=\"grid\">\n");
    bars("Seconds per stage", List.of("stage", "seconds"), seconds);
    bars("Rows dropped or rejected, by reason", List.of("reason", "rows"), lostByReason());
    page.markup("</div>\n");
    for (StageReport stage : data.stages()) {
      details(stage);
    }
  }

  private List<List<Object>> lostByReason() {
    Map<String, Long> lost = new TreeMap<>();
    for (StageReport stage : data.stages()) {
      stage.lostRows().forEach((reason, rows) -> lost.merge(reason, rows, Long::sum));
    }
    return lost.entrySet().stream()
        .filter(entry -> entry.getValue() > 0)
        .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
        .map(entry -> List.<Object>of(entry.getKey(), entry.getValue()))
        .toList();
  }

  private void bars(String title, List<String> columns, List<List<Object>> rows) {
    if (!rows.isEmpty()) {
      figure(
          new ReportTable(
              ReportTable.Section.CORPUS,
              title,
              "",
              columns,
              rows,
              Optional.of(
                  new ReportTable.Chart(
                      ReportTable.ChartKind.BARS,
                      columns.get(0),
                      Optional.empty(),
                      columns.subList(1, 2)))));
    }
  }

  /** The largest losses as text; the details list all. */
  private static String reasons(StageReport stage) {
    List<String> reasons =
        stage.lostRows().entrySet().stream()
            .filter(entry -> entry.getValue() > 0)
            .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
            .map(entry -> String.format(Locale.ROOT, "%,d %s", entry.getValue(), entry.getKey()))
            .toList();
    String shown = reasons.stream().limit(NUM_SHOWN_REASONS).collect(Collectors.joining(", "));
    return reasons.size() > NUM_SHOWN_REASONS
        ? shown + ", and " + (reasons.size() - NUM_SHOWN_REASONS) + " more"
        : shown;
  }

  private void details(StageReport stage) {
    page.markup("<details><summary>")
        .text(stage.manifest().job())
        .markup(": counts, figures and settings</summary>\n<div class=\"grid\">\n");
    pairs("count", stage.manifest().counts(), value -> Values.cell("count", value));
    pairs("figure", stage.manifest().figures(), Values::number);
    pairs("setting", stage.manifest().settings(), Function.identity());
    pairs("run", stage.manifest().run(), Function.identity());
    page.markup("</div></details>\n");
  }

  private <V> void pairs(String name, Map<String, V> values, Function<V, String> shown) {
    if (!values.isEmpty()) {
      page.markup("<div>");
      List<List<String>> rows = new ArrayList<>();
      values.forEach((key, value) -> rows.add(List.of(key, shown.apply(value))));
      page.table(List.of(name, "value"), rows);
      page.markup("</div>\n");
    }
  }

  private void section(ReportTable.Section section) {
    List<ReportTable> here = tables.stream().filter(t -> t.section() == section).toList();
    if (!here.isEmpty()) {
      page.heading(SECTION_TITLES.get(section));
      page.markup("<div class=\"grid\">\n");
      here.forEach(this::figure);
      page.markup("</div>\n");
    }
  }

  private void figure(ReportTable table) {
    page.markup("<figure><figcaption>").text(table.title()).markup("</figcaption>\n");
    if (!table.note().isEmpty()) {
      page.markup("<p class=\"note\">").text(table.note()).markup("</p>\n");
    }
    List<List<String>> rows = new ArrayList<>();
    for (List<Object> row :
        table.rows().subList(0, Math.min(MAX_TABLE_ROWS, table.rows().size()))) {
      List<String> cells = new ArrayList<>();
      for (int i = 0; i < row.size(); i++) {
        cells.add(Values.cell(table.columns().get(i), row.get(i)));
      }
      rows.add(cells);
    }
    if (table.chart().isPresent()) {
      page.canvas(ChartSpec.of(page.nextChartId(), table, table.chart().get()), table.title());
      page.markup("<details><summary>as a table</summary>\n");
    }
    page.table(table.columns(), rows);
    if (rows.size() < table.rows().size()) {
      page.markup("<p class=\"note\">The first ")
          .markup(String.valueOf(rows.size()))
          .markup(String.format(Locale.ROOT, " of %,d rows.</p>%n", table.rows().size()));
    }
    if (table.chart().isPresent()) {
      page.markup("</details>\n");
    }
    page.markup("</figure>\n");
  }

  private void training() {
    if (!data.runs().isEmpty()) {
      page.heading("Training");
    }
    for (TrainingRun run : data.runs()) {
      page.markup("<h3>").text(run.name()).markup("</h3>\n<div class=\"grid\">\n");
      curves(run, "loss", "Loss");
      curves(run, "accuracy", "Accuracy");
      curves(run, "learning_rate", "Learning rate");
      curves(run, "gradient_norm", "Gradient norm");
      curves(run, "examples_per_second", "Examples per second");
      page.markup("</div>\n");
    }
  }

  private void curves(TrainingRun run, String suffix, String title) {
    ChartSpec.curves(page.nextChartId(), run, suffix, baselines())
        .ifPresent(
            chart -> {
              page.markup("<figure><figcaption>").markup(title).markup("</figcaption>\n");
              page.canvas(chart, run.name() + ": " + title);
              page.markup("</figure>\n");
            });
  }

  private Map<String, Map<String, Double>> baselines() {
    Map<String, Map<String, Double>> found = new LinkedHashMap<>();
    for (StageReport stage : data.stages()) {
      BASELINES.forEach(
          (figure, of) -> {
            Double value = stage.manifest().figures().get(figure);
            if (value != null) {
              found.computeIfAbsent(of.get(0), key -> new TreeMap<>()).put(of.get(1), value);
            }
          });
    }
    return found;
  }

  private void places() {
    page.heading("Where everything lies");
    List<List<String>> rows = new ArrayList<>();
    for (StageReport stage : data.stages()) {
      rows.add(
          List.of(
              stage.manifest().job(),
              stage.directory(),
              String.format(Locale.ROOT, "%,d", stage.manifest().files().size()),
              Values.bytes(stage.bytes())));
    }
    page.table(List.of("stage", "directory", "files", "size"), rows);
  }

  private static String count(OptionalLong value) {
    return value.isPresent() ? String.format(Locale.ROOT, "%,d", value.getAsLong()) : "";
  }

  private static String decimal(OptionalDouble value, String format) {
    return value.isPresent() ? String.format(Locale.ROOT, format, value.getAsDouble()) : "";
  }
}
