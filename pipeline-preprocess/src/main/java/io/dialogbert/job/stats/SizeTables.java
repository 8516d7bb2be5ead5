package io.dialogbert.job.stats;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.length;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.to_date;
import static org.apache.spark.sql.functions.when;

import io.dialogbert.dialogue.Splits;
import io.dialogbert.frame.JobContext;
import io.dialogbert.report.StatisticsTable;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** How many messages and dialogues there are: by day, by size and by split. */
final class SizeTables {
  /** Dialogues with more turns are counted as having this many. */
  private static final int MAX_TURNS = 100;

  private static final Size NONE = new Size(0, 0);

  /** The size of a split. */
  private record Size(long dialogues, long turns) {}

  private SizeTables() {}

  static void writeDays(JobContext job, Dataset<Row> messages, Dataset<Row> dialogues) {
    TableWriter.writeCounted(
        job,
        StatisticsTable.MESSAGES_PER_DAY,
        messages
            .groupBy(col("lang"), col("source"), to_date(col("sent_at")).as("day"))
            .agg(count(lit(1)).as("messages"), sum(length(col("text"))).as("characters")));
    // Dialogues have no source column; a conversation usually has one source.
    Dataset<Row> sources = messages.groupBy("conversation_id").agg(min("source").as("source"));
    TableWriter.writeCounted(
        job,
        StatisticsTable.DIALOGUES_PER_DAY,
        dialogues
            .select(
                col("conversation_id"),
                col("lang"),
                to_date(col("started_at")).as("day"),
                numTurns().as("turns"))
            .join(sources, new String[] {"conversation_id"}, "left")
            .groupBy(col("lang"), coalesce(col("source"), lit("")).as("source"), col("day"))
            .agg(count(lit(1)).as("dialogues"), sum("turns").as("turns")));
  }

  static void writeDialogueSizes(JobContext job, Dataset<Row> dialogues) {
    Dataset<Row> sizes = dialogues.select(col("lang"), col("split"), numTurns().as("turns"));
    TableWriter.writeCounted(
        job,
        StatisticsTable.TURNS_PER_DIALOGUE,
        sizes
            .groupBy(
                col("lang"),
                when(col("turns").geq(lit(MAX_TURNS)), lit(MAX_TURNS))
                    .otherwise(col("turns"))
                    .as("turns"))
            .agg(count(lit(1)).as("dialogues")));
    writeSplits(
        job,
        sizes
            .groupBy("lang", "split")
            .agg(count(lit(1)).as("dialogues"), sum("turns").as("turns"))
            .collectAsList());
  }

  /** Uses only one field of the turns, so that their texts are not read. */
  private static Column numTurns() {
    return size(col("turns.speaker"));
  }

  /** Writes a row for each split of each language, even if it has no dialogues. */
  private static void writeSplits(JobContext job, List<Row> counted) {
    SortedMap<String, SortedMap<String, Size>> byLang = new TreeMap<>();
    for (Row row : counted) {
      byLang
          .computeIfAbsent(row.<String>getAs("lang"), lang -> new TreeMap<>())
          .put(row.getAs("split"), new Size(row.getAs("dialogues"), row.getAs("turns")));
    }
    TableRows rows = new TableRows(StatisticsTable.SPLITS);
    byLang.forEach(
        (lang, bySplit) -> {
          Splits.ALL.forEach(split -> bySplit.putIfAbsent(split, NONE));
          bySplit.forEach(
              (split, size) ->
                  rows.add(
                      Map.of(
                          "lang",
                          lang,
                          "split",
                          split,
                          "dialogues",
                          size.dialogues(),
                          "turns",
                          size.turns())));
        });
    TableWriter.write(job, rows);
  }
}
