package io.dialogbert.job.stats;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.slice;

import io.dialogbert.frame.JobContext;
import io.dialogbert.report.StatisticsTable;
import io.dialogbert.text.SerializedTokenizer;
import java.util.Map;
import java.util.SortedMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Statistics of whole texts: the frequent ones, their coverage, and the texts' lengths. */
final class TextTables {
  private static final int CHARACTERS_STEP = 5;

  /** Denominators: one text in this many. */
  private static final int[] SHARES = {10_000, 1_000, 100, 10};

  private TextTables() {}

  static void writeMessages(
      JobContext job,
      CorpusStatsConfig config,
      Dataset<Row> messages,
      SerializedTokenizer tokenizer) {
    TextFrequencies texts =
        new TextFrequencies(
            messages.select(
                col("lang"),
                col("text"),
                col("sender_id").as("sender"),
                col("conversation_id").as("conversation")));
    writeFrequent(job, config, texts, StatisticsTable.FREQUENT_TEXTS, "messages");
    writeCoverage(job, texts, StatisticsTable.TEXT_COVERAGE, "share_of_messages");
    // A text that was sent a thousand times is tokenized only once.
    SortedMap<String, TokenTally> tallies =
        TokenTally.of(
            texts.texts().select(col("*"), lit(0L).as("sender"), lit(0L).as("conversation")),
            tokenizer,
            0);
    LengthTable.write(
        job,
        StatisticsTable.MESSAGE_LENGTHS,
        tallies,
        TokenTally::textsByCharacters,
        CHARACTERS_STEP);
    LengthTable.write(job, StatisticsTable.MESSAGE_TOKENS, tallies, TokenTally::textsByTokens, 1);
    texts.unpersist();
  }

  /** Neighboring turns have different speakers, so every turn but the first is a reply. */
  static void writeReplies(JobContext job, CorpusStatsConfig config, Dataset<Row> dialogues) {
    TextFrequencies texts =
        new TextFrequencies(
            dialogues
                .select(
                    col("lang"),
                    col("conversation_id").as("conversation"),
                    explode(slice(col("turns"), lit(2), size(col("turns")))).as("turn"))
                .select(
                    col("lang"),
                    col("turn.text"),
                    col("turn.speaker").as("sender"),
                    col("conversation")));
    writeFrequent(job, config, texts, StatisticsTable.FREQUENT_REPLIES, "replies");
    writeCoverage(job, texts, StatisticsTable.REPLY_COVERAGE, "share_of_replies");
    texts.unpersist();
  }

  private static void writeFrequent(
      JobContext job,
      CorpusStatsConfig config,
      TextFrequencies texts,
      StatisticsTable table,
      String times) {
    TableRows rows = new TableRows(table);
    texts
        .histograms()
        .forEach(
            (lang, histogram) -> {
              double all = histogram.occurrences();
              long rank = 0;
              for (Row text : texts.shown(lang, config)) {
                long occurrences = text.getAs("times");
                rows.add(
                    Map.of(
                        "lang",
                        lang,
                        "rank",
                        ++rank,
                        "text",
                        text.getAs("text"),
                        times,
                        occurrences,
                        "senders",
                        text.getAs("senders"),
                        "share",
                        occurrences / all));
              }
            });
    TableWriter.write(job, rows);
  }

  /** The share of all occurrences that the most frequent texts cover. */
  private static void writeCoverage(
      JobContext job, TextFrequencies texts, StatisticsTable table, String covered) {
    TableRows rows = new TableRows(table);
    texts
        .histograms()
        .forEach(
            (lang, histogram) -> {
              double all = histogram.occurrences();
              for (int share : SHARES) {
                long most = histogram.oneIn(share);
                rows.add(
                    Map.of(
                        "lang",
                        lang,
                        "share_of_texts",
                        1.0 / share,
                        "texts",
                        most,
                        covered,
                        histogram.occurrencesOfMostFrequent(most) / all));
              }
            });
    TableWriter.write(job, rows);
  }
}
