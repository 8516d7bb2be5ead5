package io.dialogbert.report;

import io.dialogbert.report.ReportTable.Chart;
import io.dialogbert.report.ReportTable.ChartKind;
import io.dialogbert.report.ReportTable.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The table {@code coverage} of {@code mine-reactions}: how many replies the classes cover. */
public final class ReactionCoverage {
  private static final String SERIES = "replies of";
  private static final String CLASSES = "num_classes";
  private static final String SHARE = "share";

  private ReactionCoverage() {}

  /**
   * The table for the report, with a line for each language and split.
   *
   * @param columns names of the Parquet columns; {@code split}, {@code lang}, {@code num_classes},
   *     {@code replies}, {@code covered} and {@code share} are among them
   * @param rows values without nulls
   */
  public static ReportTable of(List<String> columns, List<List<Object>> rows) {
    List<List<Object>> shown = new ArrayList<>();
    for (List<Object> row : rows) {
      shown.add(
          List.of(
              row.get(columns.indexOf("lang")) + " " + row.get(columns.indexOf("split")),
              row.get(columns.indexOf(CLASSES)),
              row.get(columns.indexOf("replies")),
              row.get(columns.indexOf("covered")),
              row.get(columns.indexOf(SHARE))));
    }
    return new ReportTable(
        Section.CORPUS,
        "How much the reaction classes cover",
        "Share of all replies that belong to the classes with the most replies.",
        List.of(SERIES, CLASSES, "replies", "covered", SHARE),
        shown,
        Optional.of(new Chart(ChartKind.LINES, CLASSES, Optional.of(SERIES), List.of(SHARE))));
  }
}
