package io.dialogbert.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
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
  private static final String STYLE = "report.css";
  private static final String CODE = "report.js";

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
  private final List<ChartSpec> charts = new ArrayList<>();
  private final StringBuilder out = new StringBuilder();

  private HtmlReport(ReportData data) {
    this.data = data;
    tables.addAll(data.tables());
    tables.addAll(StageTables.of(data.stages()));
  }

  /** Identifies the files that make up the page. */
  public static String fingerprint() {
    return Resources.fingerprint(HtmlReport.class, List.of(STYLE, ChartLibrary.SCRIPT, CODE));
  }

  /** The page; write it as UTF-8. */
  public static String render(ReportData data) {
    return new HtmlReport(data).page();
  }

  private String page() {
    out.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
        .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
        // Nothing is ever loaded, whatever a value contains.
        .append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; ")
        .append("style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n<title>")
        .append(escape(data.title()))
        .append("</title>\n<style>\n")
        .append(ChartLibrary.resource(STYLE))
        .append("</style>\n</head>\n<body>\n<main>\n<h1>")
        .append(escape(data.title()))
        .append("</h1>\n");
    summary();
    pipeline();
    section(ReportTable.Section.CORPUS);
    section(ReportTable.Section.EXAMPLES);
    training();
    section(ReportTable.Section.MODELS);
    places();
    out.append("</main>\n<script type=\"application/json\" id=\"charts\">")
        .append(json(charts))
        .append("</script>\n<script>\n")
        .append(ChartLibrary.script())
        .append("\n</script>\n<script>\n")
        .append(ChartLibrary.resource(CODE))
        .append("</script>\n</body>\n</html>\n");
    return out.toString();
  }

  private void summary() {
    if (!data.summary().isEmpty()) {
      out.append("<dl class=\"figures\">\n");
      for (ReportData.Figure figure : data.summary()) {
        out.append("<div><dt>").append(escape(figure.label())).append("</dt><dd>");
        out.append(escape(figure.value())).append("</dd>");
        if (!figure.note().isEmpty()) {
          out.append("<dd class=\"note\">").append(escape(figure.note())).append("</dd>");
        }
        out.append("</div>\n");
      }
      out.append("</dl>\n");
    }
  }

  private void pipeline() {
    heading("Pipeline");
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
    table(
        List.of("stage", "rows in", "rows out", "dropped or rejected", "seconds", "peak MiB"),
        rows);
    List<List<Object>> seconds = new ArrayList<>();
    for (StageReport stage : data.stages()) {
      stage.seconds().ifPresent(s -> seconds.add(List.of(stage.manifest().job(), s)));
    }
    out.append("<div class=\"grid\">\n");
    bars("Seconds per stage", List.of("stage", "seconds"), seconds);
    bars("Rows dropped or rejected, by reason", List.of("reason", "rows"), lostByReason());
    out.append("</div>\n");
    for (StageReport stage : data.stages()) {
      details(stage);
    }
  }

  private List<List<Object>> lostByReason() {
    Map<String, Long> lost = new TreeMap<>();
    for (StageReport stage : data.stages()) {
      stage.lost().forEach((reason, rows) -> lost.merge(reason, rows, Long::sum));
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
        stage.lost().entrySet().stream()
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
    out.append("<details><summary>")
        .append(escape(stage.manifest().job()))
        .append(": counts, figures and settings</summary>\n<div class=\"grid\">\n");
    pairs("count", stage.manifest().counts(), value -> Values.cell("count", value));
    pairs("figure", stage.manifest().figures(), Values::number);
    pairs("setting", stage.manifest().settings(), Function.identity());
    pairs("run", stage.manifest().run(), Function.identity());
    out.append("</div></details>\n");
  }

  private <V> void pairs(String name, Map<String, V> values, Function<V, String> shown) {
    if (!values.isEmpty()) {
      out.append("<div>");
      List<List<String>> rows = new ArrayList<>();
      values.forEach((key, value) -> rows.add(List.of(key, shown.apply(value))));
      table(List.of(name, "value"), rows);
      out.append("</div>\n");
    }
  }

  private void section(ReportTable.Section section) {
    List<ReportTable> here = tables.stream().filter(t -> t.section() == section).toList();
    if (!here.isEmpty()) {
      heading(SECTION_TITLES.get(section));
      out.append("<div class=\"grid\">\n");
      here.forEach(this::figure);
      out.append("</div>\n");
    }
  }

  private void figure(ReportTable table) {
    out.append("<figure><figcaption>").append(escape(table.title())).append("</figcaption>\n");
    if (!table.note().isEmpty()) {
      out.append("<p class=\"note\">").append(escape(table.note())).append("</p>\n");
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
      canvas(ChartSpec.of(nextId(), table, table.chart().get()), table.title());
      out.append("<details><summary>as a table</summary>\n");
    }
    table(table.columns(), rows);
    if (rows.size() < table.rows().size()) {
      out.append("<p class=\"note\">The first ")
          .append(rows.size())
          .append(String.format(Locale.ROOT, " of %,d rows.</p>%n", table.rows().size()));
    }
    if (table.chart().isPresent()) {
      out.append("</details>\n");
    }
    out.append("</figure>\n");
  }

  private void training() {
    if (!data.runs().isEmpty()) {
      heading("Training");
    }
    for (TrainingRun run : data.runs()) {
      out.append("<h3>").append(escape(run.name())).append("</h3>\n<div class=\"grid\">\n");
      curves(run, "loss", "Loss");
      curves(run, "accuracy", "Accuracy");
      curves(run, "learning_rate", "Learning rate");
      curves(run, "gradient_norm", "Gradient norm");
      curves(run, "examples_per_second", "Examples per second");
      out.append("</div>\n");
    }
  }

  private void curves(TrainingRun run, String suffix, String title) {
    ChartSpec.curves(nextId(), run, suffix, baselines())
        .ifPresent(
            chart -> {
              out.append("<figure><figcaption>").append(title).append("</figcaption>\n");
              canvas(chart, run.name() + ": " + title);
              out.append("</figure>\n");
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
    heading("Where everything lies");
    List<List<String>> rows = new ArrayList<>();
    for (StageReport stage : data.stages()) {
      rows.add(
          List.of(
              stage.manifest().job(),
              stage.directory(),
              String.format(Locale.ROOT, "%,d", stage.manifest().files().size()),
              Values.bytes(stage.bytes())));
    }
    table(List.of("stage", "directory", "files", "size"), rows);
  }

  private void heading(String text) {
    out.append("<h2>").append(escape(text)).append("</h2>\n");
  }

  private String nextId() {
    return "chart" + charts.size();
  }

  private void canvas(ChartSpec chart, String description) {
    charts.add(chart);
    out.append("<div class=\"chart\"><canvas id=\"")
        .append(chart.id())
        .append("\" role=\"img\" aria-label=\"")
        .append(escape(description))
        .append("\"></canvas></div>\n");
  }

  private void table(List<String> columns, List<List<String>> rows) {
    boolean[] numeric = new boolean[columns.size()];
    for (int i = 0; i < numeric.length; i++) {
      int column = i;
      numeric[i] =
          rows.stream().allMatch(row -> row.get(column).matches("[-\\d.,e+]*( [%BKMGTi]+)?"));
    }
    out.append("<div class=\"scroll\"><table><thead><tr>");
    for (int i = 0; i < numeric.length; i++) {
      cell("th", columns.get(i), numeric[i]);
    }
    out.append("</tr></thead><tbody>\n");
    for (List<String> row : rows) {
      out.append("<tr>");
      for (int i = 0; i < numeric.length; i++) {
        cell("td", row.get(i), numeric[i]);
      }
      out.append("</tr>\n");
    }
    out.append("</tbody></table></div>\n");
  }

  private void cell(String element, String text, boolean numeric) {
    out.append('<').append(element).append(numeric ? " class=\"number\">" : ">");
    out.append(escape(text)).append("</").append(element).append('>');
  }

  private static String count(OptionalLong value) {
    return value.isPresent() ? String.format(Locale.ROOT, "%,d", value.getAsLong()) : "";
  }

  private static String decimal(OptionalDouble value, String format) {
    return value.isPresent() ? String.format(Locale.ROOT, format, value.getAsDouble()) : "";
  }

  /** JSON that cannot close the script element around it. */
  private static String json(Object value) {
    try {
      return new ObjectMapper().writeValueAsString(value).replace("<", "\\u003c");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("charts of plain values could not be written", e);
    }
  }

  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
