package io.dialogbert.job.stats;

import io.dialogbert.frame.JobContext;
import io.dialogbert.report.StatisticsTable;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/** Histograms of the texts' lengths, by language. */
final class LengthTable {
  private LengthTable() {}

  /**
   * Writes a table of lengths.
   *
   * @param table of three columns: language, where a step begins, and the number of texts
   */
  static void write(
      JobContext job,
      StatisticsTable table,
      SortedMap<String, TokenTally> tallies,
      Function<TokenTally, long[]> textsByLength,
      int step) {
    List<String> columns = table.columnNames();
    TableRows rows = new TableRows(table);
    tallies.forEach(
        (lang, tally) -> {
          TreeMap<Integer, Long> steps = new TreeMap<>();
          long[] texts = textsByLength.apply(tally);
          for (int i = 0; i < texts.length; i++) {
            if (texts[i] > 0) {
              steps.merge(i / step * step, texts[i], Long::sum);
            }
          }
          steps.forEach(
              (length, number) ->
                  rows.add(Map.of("lang", lang, columns.get(1), length, columns.get(2), number)));
        });
    TableWriter.write(job, rows);
  }
}
