package io.dialogbert.job.stats;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.split;
import static org.apache.spark.sql.functions.xxhash64;

import io.dialogbert.frame.JobContext;
import io.dialogbert.job.table.Tokenizers;
import io.dialogbert.text.SerializedTokenizer;
import io.dialogbert.text.piece.SpecialTokens;
import io.dialogbert.text.piece.Vocabulary;
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
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Statistics of tokens and words, and of vocabulary coverage. */
final class TokenTables {
  private static final long[] VOCABULARY_SIZES = {
    1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 64_000, 128_000, 256_000
  };

  /** Stands for all languages together. */
  private static final String ALL = "all";

  private TokenTables() {}

  static void write(
      JobContext job,
      CorpusStatsConfig config,
      Dataset<Row> dialogues,
      SerializedTokenizer tokenizer) {
    tokens(job, config, dialogues, tokenizer);
    words(job, dialogues);
  }

  /** Tokens of the dialogues, since models are trained on these. */
  private static void tokens(
      JobContext job,
      CorpusStatsConfig config,
      Dataset<Row> dialogues,
      SerializedTokenizer tokenizer) {
    SortedMap<String, TokenTally> tallies =
        TokenTally.of(
            dialogues
                .select(
                    col("lang"),
                    xxhash64(col("conversation_id")).as("conversation"),
                    explode(col("turns")).as("turn"))
                .select(
                    col("lang"),
                    col("turn.text"),
                    lit(1L).as("times"),
                    xxhash64(col("turn.speaker")).as("sender"),
                    col("conversation")),
            tokenizer,
            config.minShownSenders());
    CorpusStatsJob.lengths(
        job, tallies, TokenTally::textsByTokens, 1, "turn_tokens", "tokens_from", "turns");
    Vocabulary vocabulary = tokenizer.tokenizer().vocabulary();
    TokenTally together = new TokenTally(vocabulary.size(), config.minShownSenders());
    SortedMap<String, long[]> byLang = new TreeMap<>();
    tallies.forEach(
        (lang, tally) -> {
          byLang.put(lang, tally.occurrences());
          together.add(tally);
        });
    long[] all = together.occurrences();
    job.count("tokens", Arrays.stream(all).sum());
    double unknownRatio = (double) all[SpecialTokens.UNK] / Arrays.stream(all).sum();
    Tokenizers.requireKnown(unknownRatio, config.maxUnknownRate(), config.tokenizer());
    job.figure("unknown_ratio", unknownRatio);
    frequentTokens(job, config, vocabulary, together);
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
            .add("lang", DataTypes.StringType)
            .add("tokens", DataTypes.LongType)
            .add("unknown", DataTypes.LongType)
            .add("unknown_rate", DataTypes.DoubleType),
        "unknown_tokens");
    writeCoverage(job, coverage, "piece_coverage", "pieces");
  }

  private static void frequentTokens(
      JobContext job, CorpusStatsConfig config, Vocabulary vocabulary, TokenTally tally) {
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
      if (occurrences[id] >= config.minShownCount() && tally.isOfMany(id)) {
        covered += occurrences[id];
        rows.add(
            RowFactory.create(
                rows.size() + 1L, id, vocabulary.piece(id), occurrences[id], covered / all));
      }
    }
    CorpusStatsJob.write(
        job,
        rows,
        new StructType()
            .add("rank", DataTypes.LongType)
            .add("id", DataTypes.IntegerType)
            .add("piece", DataTypes.StringType)
            .add("occurrences", DataTypes.LongType)
            .add("coverage", DataTypes.DoubleType),
        "token_frequencies");
  }

  /** The coverage of a vocabulary of words, split only at spaces. */
  private static void words(JobContext job, Dataset<Row> dialogues) {
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
    writeCoverage(job, coverage, "word_coverage", "words");
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

  private static void writeCoverage(JobContext job, List<Row> rows, String table, String unit) {
    CorpusStatsJob.write(
        job,
        rows,
        new StructType()
            .add("lang", DataTypes.StringType)
            .add(unit, DataTypes.LongType)
            .add("coverage", DataTypes.DoubleType),
        table);
  }
}
