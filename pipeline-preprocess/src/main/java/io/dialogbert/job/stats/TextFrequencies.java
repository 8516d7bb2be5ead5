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
 * conversations. The texts stay on the executors, on disk; the driver receives only the histogram
 * of counts and the few texts to show.
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
    // One shuffle serves all aggregations. Two senders with the same hash count as one, so less is
    // shown. Each sender counts in only one conversation, so the number of conversations never
    // exceeds the number of people. Neither several names of one person in a room nor one person's
    // text sent to many rooms raises it.
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
   * Histograms of how often items occur, by language.
   *
   * @param counted one row per item, with columns {@code lang} and {@code times}
   */
  static SortedMap<String, CountHistogram> histograms(Dataset<Row> counted) {
    SortedMap<String, CountHistogram> histograms = new TreeMap<>();
    counted
        .groupBy("lang", "times")
        .agg(count(lit(1)).as("items"))
        .collectAsList()
        .forEach(
            row ->
                histograms
                    .computeIfAbsent(row.<String>getAs("lang"), lang -> new CountHistogram())
                    .add(row.<Long>getAs("times"), row.<Long>getAs("items")));
    return histograms;
  }

  /** Histograms of how often texts were written, by language. */
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

  /** The most frequent texts of a language that may be shown, most frequent first. */
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
