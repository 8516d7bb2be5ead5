package io.dialogbert.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;

/**
 * A self-contained HTML page, written from start to end: the frame with styles and scripts, text
 * that cannot become markup, tables, and charts with their data.
 */
final class HtmlPage {
  private static final String STYLE = "report.css";
  private static final String CODE = "report.js";

  /** The files of the class path that every page holds. */
  static final List<String> FILES = List.of(STYLE, ChartLibrary.SCRIPT, CODE);

  private final List<ChartSpec> charts = new ArrayList<>();
  private final StringBuilder out = new StringBuilder();

  /** Begins a page. */
  HtmlPage(String title) {
    markup("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
        .markup("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
        // Nothing is ever loaded, whatever a value contains.
        .markup("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; ")
        .markup("style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n<title>")
        .text(title)
        .markup("</title>\n<style>\n")
        .markup(ChartLibrary.resource(STYLE))
        .markup("</style>\n</head>\n<body>\n<main>\n<h1>")
        .text(title)
        .markup("</h1>\n");
  }

  /** Ends the page and returns it. */
  String end() {
    return markup("</main>\n<script type=\"application/json\" id=\"charts\">")
        .markup(json(charts))
        .markup("</script>\n<script>\n")
        .markup(ChartLibrary.script())
        .markup("\n</script>\n<script>\n")
        .markup(ChartLibrary.resource(CODE))
        .markup("</script>\n</body>\n</html>\n")
        .out
        .toString();
  }

  /** Adds HTML as it is. */
  HtmlPage markup(String html) {
    out.append(html);
    return this;
  }

  /** Adds text, escaped so that it cannot become markup. */
  HtmlPage text(String text) {
    out.append(escape(text));
    return this;
  }

  void heading(String text) {
    markup("<h2>").text(text).markup("</h2>\n");
  }

  /** The id of the next canvas. */
  String nextChartId() {
    return "chart" + charts.size();
  }

  /** Adds a chart with a text alternative. */
  void canvas(ChartSpec chart, String description) {
    charts.add(chart);
    markup("<div class=\"chart\"><canvas id=\"")
        .markup(chart.id())
        .markup("\" role=\"img\" aria-label=\"")
        .text(description)
        .markup("\"></canvas></div>\n");
  }

  /**
   * Adds a table; columns of numbers are aligned as such.
   *
   * @param rows a text for each column
   */
  void table(List<String> columns, List<List<String>> rows) {
    boolean[] numeric = new boolean[columns.size()];
    for (int i = 0; i < numeric.length; i++) {
      int column = i;
      numeric[i] =
          rows.stream().allMatch(row -> row.get(column).matches("[-\\d.,e+]*( [%BKMGTi]+)?"));
    }
    markup("<div class=\"scroll\"><table><thead><tr>");
    for (int i = 0; i < numeric.length; i++) {
      cell("th", columns.get(i), numeric[i]);
    }
    markup("</tr></thead><tbody>\n");
    for (List<String> row : rows) {
      markup("<tr>");
      for (int i = 0; i < numeric.length; i++) {
        cell("td", row.get(i), numeric[i]);
      }
      markup("</tr>\n");
    }
    markup("</tbody></table></div>\n");
  }

  private void cell(String element, String text, boolean numeric) {
    markup("<" + element + (numeric ? " class=\"number\">" : ">"));
    text(text).markup("</" + element + ">");
  }

  /** JSON that cannot close the script element around it. */
  private static String json(Object value) {
    try {
      return new ObjectMapper().writeValueAsString(value).replace("<", "\\u003c");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("charts of plain values could not be written", e);
    }
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
