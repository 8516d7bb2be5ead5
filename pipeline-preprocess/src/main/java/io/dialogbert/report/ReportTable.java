package io.dialogbert.report;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/**
 * A small table, optionally with a chart.
 *
 * @param section section of the report
 * @param title heading
 * @param note a sentence below the heading, or empty
 * @param columns distinct names; a column whose name ends in {@code ratio}, {@code rate}, {@code
 *     share}, {@code accuracy} or {@code coverage} holds fractions, which are shown as percentages
 * @param rows one value per column: String, Long, Integer or Double
 * @param chart how to draw it, if at all
 */
public record ReportTable(
    Section section,
    String title,
    String note,
    List<String> columns,
    List<List<Object>> rows,
    Optional<Chart> chart) {
  /** A section of the report. */
  public enum Section {
    CORPUS,
    EXAMPLES,
    MODELS
  }

  /** The kinds of chart. Line charts have numbers along both axes, except {@link #DAYS}. */
  public enum ChartKind {
    BARS,
    LINES,
    LOG_LOG_LINES,
    DAYS
  }

  /**
   * A chart of a table, with one series per value column. If a series column is given, there is one
   * series per value of that column. Rows with equal label and series are summed.
   *
   * @param labelColumn column for the horizontal axis
   * @param seriesColumn column that distinguishes the series
   * @param valueColumns columns for the vertical axis; only one if a series column is given
   */
  public record Chart(
      ChartKind kind,
      String labelColumn,
      Optional<String> seriesColumn,
      List<String> valueColumns) {
    public Chart {
      valueColumns = List.copyOf(valueColumns);
      if (valueColumns.isEmpty() || (seriesColumn.isPresent() && valueColumns.size() > 1)) {
        throw new IllegalArgumentException(
            "chart has "
                + valueColumns.size()
                + " value columns, must have at least one, and just one beside a series column");
      }
    }
  }

  public ReportTable {
    columns = List.copyOf(columns);
    rows = rows.stream().map(List::copyOf).toList();
    if (new HashSet<>(columns).size() < columns.size()) {
      throw new IllegalArgumentException("table has two columns of one name: " + columns);
    }
    for (int i = 0; i < rows.size(); i++) {
      if (rows.get(i).size() != columns.size()) {
        throw new IllegalArgumentException(
            "row " + i + " has " + rows.get(i).size() + " values, expected " + columns.size());
      }
    }
    if (chart.isPresent()) {
      checkColumn(columns, chart.get().labelColumn());
      for (String column : chart.get().valueColumns()) {
        checkColumn(columns, column);
      }
      if (chart.get().seriesColumn().isPresent()) {
        checkColumn(columns, chart.get().seriesColumn().get());
      }
    }
  }

  private static void checkColumn(List<String> columns, String column) {
    if (!columns.contains(column)) {
      throw new IllegalArgumentException(
          "chart asks for column " + column + ", the table has " + columns);
    }
  }

  /** The index of a column. */
  int column(String name) {
    return columns.indexOf(name);
  }
}
