package io.dialogbert.job.stats;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.desc;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.xxhash64;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/**
 * How often each text of a language was written, by how many senders, and in how many
 * conversations. The texts stay on the executors, on disk; the driver sees how many there are of
 * each count, and the few to be shown.
 */
final class TextFrequencies {
  private final Dataset<Row> texts;
  private final SortedMap<String, CountHistogram> histograms;

  /**
   * Counts texts.
   *
   * @param written columns {@code lang}, {@code text}, {@code sender} and {@code conversation}
   */
  TextFrequencies(Dataset<Row> written) {
    // One shuffle serves all aggregations. Two senders of one hash count as one, which shows less.
    // Each sender counts for one conversation, so that there are no more conversations than people:
    // not where one person has several names in a room, nor where one sends a text to many rooms.
    texts =
        written
            .select(
                col("lang"),
                col("text"),
                xxhash64(col("sender")).as("sender"),
                xxhash64(col("conversation")).as("conversation"))
            .repartition(col("lang"), col("text"))
            .groupBy("lang", "text", "sender")
            .agg(count(lit(1)).as("times"), min("conversation").as("conversation"))
            .groupBy("lang", "text", "conversation")
            .agg(sum("times").as("times"), count(lit(1)).as("senders"))
            .groupBy("lang", "text")
            .agg(
                sum("times").as("times"),
                sum("senders").as("senders"),
                count(lit(1)).as("conversations"))
            .persist(StorageLevel.DISK_ONLY());
    histograms = histograms(texts);
  }

  /**
   * How many things occur how often, by language.
   *
   * @param counted one row per thing, with columns {@code lang} and {@code times}
   */
  static SortedMap<String, CountHistogram> histograms(Dataset<Row> counted) {
    SortedMap<String, CountHistogram> histograms = new TreeMap<>();
    counted
        .groupBy("lang", "times")
        .agg(count(lit(1)))
        .collectAsList()
        .forEach(
            row ->
                histograms
                    .computeIfAbsent(row.getString(0), lang -> new CountHistogram())
                    .add(row.getLong(1), row.getLong(2)));
    return histograms;
  }

  /** How many texts were written how often, by language. */
  SortedMap<String, CountHistogram> histograms() {
    return histograms;
  }

  /**
   * One row per text: {@code lang}, {@code text}, {@code times}, {@code senders}, {@code
   * conversations}.
   */
  Dataset<Row> texts() {
    return texts;
  }

  /** The most frequent texts of a language that may be shown, the most frequent first. */
  List<Row> shown(String lang, CorpusStatsConfig config) {
    return texts
        .filter(
            col("lang")
                .equalTo(lang)
                .and(col("times").geq(config.minShownCount()))
                .and(col("conversations").geq(config.minShownSenders())))
        .orderBy(desc("times"), col("text"))
        .takeAsList(config.maxShown());
  }

  void unpersist() {
    texts.unpersist();
  }
}
