package io.dialogbert.report;

import java.util.List;

/**
 * What a report is made from.
 *
 * @param title heading of the page
 * @param summary what matters most, shown first
 * @param stages in the order in which they ran
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
   * @param label what it is
   * @param value the result, ready to be read
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
