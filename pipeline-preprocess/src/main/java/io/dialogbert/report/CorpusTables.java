package io.dialogbert.report;

import io.dialogbert.report.ReportTable.Section;
import io.dialogbert.report.StatisticsTable.Display;
import io.dialogbert.report.StatisticsTable.Layout;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** The tables of {@code corpus-stats} in the layout that {@link StatisticsTable} defines. */
public final class CorpusTables {
  private static final int MAX_FREQUENT = 25;

  private CorpusTables() {}

  /** Whether the page shows a table; it takes some from the manifests instead. */
  public static boolean shows(String name) {
    return StatisticsTable.of(name).map(table -> table.display().isPresent()).orElse(true);
  }

  /**
   * A statistics table for the report. A table with an unknown name is shown as it is.
   *
   * @param name of the table's directory
   * @param columns names of the Parquet columns
   * @param rows values without nulls; days as ISO 8601 strings
   */
  public static ReportTable of(String name, List<String> columns, List<List<Object>> rows) {
    Display display =
        StatisticsTable.of(name)
            .flatMap(StatisticsTable::display)
            .orElse(new Display(name, "", Layout.ROWS, Optional.empty()));
    return switch (display.layout()) {
      case ROWS -> table(display, columns, rows);
      case SIDE_BY_SIDE -> sideBySide(display, columns, rows);
    };
  }

  private static ReportTable table(Display display, List<String> columns, List<List<Object>> rows) {
    return new ReportTable(
        Section.CORPUS, display.title(), display.note(), columns, rows, display.chart());
  }

  /** Languages side by side, since readers compare ranks. */
  private static ReportTable sideBySide(
      Display display, List<String> columns, List<List<Object>> rows) {
    int lang = columns.indexOf("lang");
    int rank = columns.indexOf("rank");
    Map<Long, Map<String, List<Object>>> byRank = new TreeMap<>();
    // The corpus is mostly Korean, so Korean comes first.
    TreeSet<String> langs = new TreeSet<>(Comparator.reverseOrder());
    for (List<Object> row : rows) {
      long at = ((Number) row.get(rank)).longValue();
      if (at <= MAX_FREQUENT) {
        String of = row.get(lang).toString();
        langs.add(of);
        byRank
            .computeIfAbsent(at, key -> new TreeMap<>())
            .put(of, List.of(row.get(columns.indexOf("text")), row.get(columns.indexOf("share"))));
      }
    }
    List<String> shown = new ArrayList<>(List.of("rank"));
    langs.forEach(of -> shown.addAll(List.of(of, of + " share")));
    List<List<Object>> shownRows = new ArrayList<>();
    byRank.forEach(
        (at, texts) -> {
          List<Object> row = new ArrayList<>(List.of(at));
          langs.forEach(of -> row.addAll(texts.getOrDefault(of, List.of("", ""))));
          shownRows.add(row);
        });
    return table(display, shown, shownRows);
  }
}
