package io.dialogbert.report;

import java.util.List;

/**
 * The data of a report.
 *
 * @param title heading of the page
 * @param summary most important results, shown first
 * @param stages stages in start order
 * @param runs training runs
 * @param tables statistics
 */
public record ReportData(
    String title,
    List<Figure> summary,
    List<StageReport> stages,
    List<TrainingRun> runs,
    List<ReportTable> tables) {
  /**
   * A result.
   *
   * @param label what it measures
   * @param value the formatted result
   * @param note what to compare it with, or empty
   */
  public record Figure(String label, String value, String note) {}

  public ReportData {
    summary = List.copyOf(summary);
    stages = List.copyOf(stages);
    runs = List.copyOf(runs);
    tables = List.copyOf(tables);
  }
}
