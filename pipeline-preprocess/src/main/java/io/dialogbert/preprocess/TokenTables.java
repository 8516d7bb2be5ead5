package io.dialogbert.preprocess;

import static io.dialogbert.preprocess.CorpusStatsJob.DOUBLE;
import static io.dialogbert.preprocess.CorpusStatsJob.INTEGER;
import static io.dialogbert.preprocess.CorpusStatsJob.LONG;
import static io.dialogbert.preprocess.CorpusStatsJob.STRING;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.split;
import static org.apache.spark.sql.functions.xxhash64;

import io.dialogbert.common.JobContext;
import io.dialogbert.text.SerializedTokenizer;
import io.dialogbert.text.SpecialTokens;
import io.dialogbert.text.Vocabulary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;

/** What a corpus is like in the pieces of a vocabulary, and in words. */
final class TokenTables {
  private static final long[] VOCABULARY_SIZES = {
    1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 64_000, 128_000, 256_000
  };

  /** Stands for all languages together. */
  private static final String ALL = "all";

  /** A token that so many people wrote is anybody's. */
  private static final int MAX_TOLD_APART = 100;

  private final JobContext job;
  private final CorpusStatsConfig config;
  private final SerializedTokenizer tokenizer;

  TokenTables(JobContext job, CorpusStatsConfig config, SerializedTokenizer tokenizer) {
    this.job = job;
    this.config = config;
    this.tokenizer = tokenizer;
  }

  void write(Dataset<Row> dialogues) {
    tokens(dialogues);
    words(dialogues);
  }

  /** Tokens of the dialogues, since these are what is trained on. */
  private void tokens(Dataset<Row> dialogues) {
    SortedMap<String, TokenTally> tallies =
        TokenTally.of(
            dialogues
                .select(col("lang"), explode(col("turns")).as("turn"))
                .select(
                    col("lang"),
                    col("turn.text"),
                    lit(1L).as("times"),
                    xxhash64(col("turn.speaker")).as("writer")),
            tokenizer,
            Math.toIntExact(Math.min(config.minShownSenders(), MAX_TOLD_APART)));
    CorpusStatsJob.lengths(
        job, tallies, TokenTally::textsByTokens, 1, "turn_tokens", "tokens_from", "turns");
    Vocabulary vocabulary = tokenizer.tokenizer().vocabulary();
    SortedMap<String, long[]> byLang = new TreeMap<>();
    tallies.forEach((lang, tally) -> byLang.put(lang, tally.occurrences().clone()));
    TokenTally together = tallies.values().stream().reduce(TokenTally::add).orElseThrow();
    long[] all = together.occurrences();
    job.count("tokens", Arrays.stream(all).sum());
    job.figure("unknown_ratio", (double) all[SpecialTokens.UNK] / Arrays.stream(all).sum());
    frequentTokens(vocabulary, together);
    byLang.put(ALL, all);
    List<Row> unknown = new ArrayList<>();
    List<Row> coverage = new ArrayList<>();
    byLang.forEach(
        (lang, occurrences) -> {
          long tokens = Arrays.stream(occurrences).sum();
          long unknowns = occurrences[SpecialTokens.UNK];
          unknown.add(RowFactory.create(lang, tokens, unknowns, (double) unknowns / tokens));
          CountHistogram pieces = new CountHistogram();
          for (int id = 0; id < occurrences.length; id++) {
            if (id != SpecialTokens.UNK && occurrences[id] > 0) {
              pieces.add(occurrences[id], 1);
            }
          }
          coverage.addAll(coverage(lang, pieces, tokens));
        });
    CorpusStatsJob.write(
        job,
        unknown,
        new StructType()
            .add("lang", STRING)
            .add("tokens", LONG)
            .add("unknown", LONG)
            .add("unknown_rate", DOUBLE),
        "unknown_tokens");
    writeCoverage(coverage, "piece_coverage", "pieces");
  }

  /** The tokens that often enough and enough people wrote; a token may be a whole word. */
  private void frequentTokens(Vocabulary vocabulary, TokenTally tally) {
    long[] occurrences = tally.occurrences();
    List<Integer> ids =
        IntStream.range(0, occurrences.length)
            .boxed()
            .sorted(Comparator.comparing((Integer id) -> -occurrences[id]))
            .toList();
    double all = Arrays.stream(occurrences).sum();
    List<Row> rows = new ArrayList<>();
    long covered = 0;
    for (int id : ids) {
      covered += occurrences[id];
      if (occurrences[id] >= config.minShownCount()
          && tally.writers(id) >= Math.min(config.minShownSenders(), MAX_TOLD_APART)) {
        rows.add(
            RowFactory.create(
                rows.size() + 1L, id, vocabulary.piece(id), occurrences[id], covered / all));
      }
    }
    CorpusStatsJob.write(
        job,
        rows,
        new StructType()
            .add("rank", LONG)
            .add("id", INTEGER)
            .add("piece", STRING)
            .add("occurrences", LONG)
            .add("coverage", DOUBLE),
        "token_frequencies");
  }

  /** What words, cut at spaces and nothing else, would cover as a vocabulary. */
  private void words(Dataset<Row> dialogues) {
    Dataset<Row> counted =
        dialogues
            .select(col("lang"), explode(col("turns.text")).as("text"))
            .select(col("lang"), explode(split(col("text"), " ")).as("word"))
            .filter(col("word").notEqual(""))
            .groupBy("lang", "word")
            .agg(count(lit(1)).as("times"));
    List<Row> coverage = new ArrayList<>();
    TextFrequencies.histograms(counted)
        .forEach((lang, words) -> coverage.addAll(coverage(lang, words, words.occurrences())));
    writeCoverage(coverage, "word_coverage", "words");
  }

  private static List<Row> coverage(String lang, CountHistogram things, long occurrences) {
    List<Row> rows = new ArrayList<>();
    long all = things.things();
    for (long size : VOCABULARY_SIZES) {
      if (size < all) {
        rows.add(coverage(lang, things, size, occurrences));
      }
    }
    rows.add(coverage(lang, things, all, occurrences));
    return rows;
  }

  private static Row coverage(String lang, CountHistogram things, long size, long occurrences) {
    return RowFactory.create(
        lang, size, (double) things.occurrencesOfMostFrequent(size) / occurrences);
  }

  private void writeCoverage(List<Row> rows, String table, String unit) {
    CorpusStatsJob.write(
        job,
        rows,
        new StructType().add("lang", STRING).add(unit, LONG).add("coverage", DOUBLE),
        table);
  }
}
