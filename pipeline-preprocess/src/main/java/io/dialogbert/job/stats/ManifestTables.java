package io.dialogbert.job.stats;

import io.dialogbert.frame.InputDirectory;
import io.dialogbert.frame.JobContext;
import io.dialogbert.report.StatisticsTable;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** What the earlier jobs read, kept, dropped, rejected and masked, taken from their manifests. */
final class ManifestTables {
  private ManifestTables() {}

  static void write(JobContext job) {
    write(job, StatisticsTable.OUTCOMES, "");
    write(job, StatisticsTable.DROPPED, "dropped.");
    write(job, StatisticsTable.REJECTED, "rejected.");
    write(job, StatisticsTable.PERSONAL_DATA, "pii.");
  }

  /**
   * Writes the counts of the inputs' manifests whose key has a prefix, by the rest of the key.
   *
   * @param table of three columns: job, rest of the key, and count
   */
  private static void write(JobContext job, StatisticsTable table, String prefix) {
    List<String> columns = table.columnNames();
    TableRows rows = new TableRows(table);
    for (String input : List.of("messages", "dialogues", "tokenizer")) {
      SortedMap<String, Long> counts = new TreeMap<>();
      for (InputDirectory part : job.inputs(input)) {
        part.manifest().counts().forEach((key, count) -> counts.merge(key, count, Long::sum));
      }
      String name = job.inputs(input).get(0).manifest().job();
      counts.forEach(
          (key, count) -> {
            if (key.startsWith(prefix)) {
              String rest = key.substring(prefix.length());
              rows.add(Map.of("job", name, columns.get(1), rest, columns.get(2), count));
            }
          });
    }
    TableWriter.write(job, rows);
  }
}
