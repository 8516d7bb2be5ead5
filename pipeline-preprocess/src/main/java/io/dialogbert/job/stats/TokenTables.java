package io.dialogbert.job.stats;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.split;
import static org.apache.spark.sql.functions.xxhash64;

import io.dialogbert.frame.JobContext;
import io.dialogbert.job.table.Tokenizers;
import io.dialogbert.report.StatisticsTable;
import io.dialogbert.text.SerializedTokenizer;
import io.dialogbert.text.piece.SpecialTokens;
import io.dialogbert.text.piece.Vocabulary;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

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
    LengthTable.write(job, StatisticsTable.TURN_TOKENS, tallies, TokenTally::textsByTokens, 1);
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
    TableRows unknown = new TableRows(StatisticsTable.UNKNOWN_TOKENS);
    TableRows coverage = new TableRows(StatisticsTable.PIECE_COVERAGE);
    byLang.forEach(
        (lang, occurrences) -> {
          long tokens = Arrays.stream(occurrences).sum();
          long unknowns = occurrences[SpecialTokens.UNK];
          unknown.add(
              Map.of(
                  "lang", lang,
                  "tokens", tokens,
                  "unknown", unknowns,
                  "unknown_rate", (double) unknowns / tokens));
          CountHistogram pieces = new CountHistogram();
          for (int id = 0; id < occurrences.length; id++) {
            if (id != SpecialTokens.UNK && occurrences[id] > 0) {
              pieces.add(occurrences[id], 1);
            }
          }
          addCoverage(coverage, lang, "pieces", pieces, tokens);
        });
    TableWriter.write(job, unknown);
    TableWriter.write(job, coverage);
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
    TableRows rows = new TableRows(StatisticsTable.TOKEN_FREQUENCIES);
    long covered = 0;
    for (int id : ids) {
      if (occurrences[id] >= config.minShownCount() && tally.isOfMany(id)) {
        covered += occurrences[id];
        rows.add(
            Map.of(
                "rank",
                rows.size() + 1L,
                "id",
                id,
                "piece",
                vocabulary.piece(id),
                "occurrences",
                occurrences[id],
                "coverage",
                covered / all));
      }
    }
    TableWriter.write(job, rows);
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
    TableRows coverage = new TableRows(StatisticsTable.WORD_COVERAGE);
    TextFrequencies.histograms(counted)
        .forEach((lang, words) -> addCoverage(coverage, lang, "words", words, words.occurrences()));
    TableWriter.write(job, coverage);
  }

  /** Adds the coverage of the most frequent items, for each vocabulary size and for all items. */
  private static void addCoverage(
      TableRows rows, String lang, String unit, CountHistogram items, long occurrences) {
    long all = items.items();
    LongStream.concat(
            Arrays.stream(VOCABULARY_SIZES).filter(size -> size < all), LongStream.of(all))
        .forEach(
            size ->
                rows.add(
                    Map.of(
                        "lang",
                        lang,
                        unit,
                        size,
                        "coverage",
                        (double) items.occurrencesOfMostFrequent(size) / occurrences)));
  }
}
