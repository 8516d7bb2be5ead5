package io.dialogbert.job.stats;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.length;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.slice;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.to_date;
import static org.apache.spark.sql.functions.when;

import io.dialogbert.common.BadInputException;
import io.dialogbert.dialogue.Splits;
import io.dialogbert.frame.Job;
import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.Lineage;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.job.table.Tokenizers;
import io.dialogbert.text.SerializedTokenizer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Describes the corpus: one small table for each question an analyst asks. A text is shown only if
 * enough people wrote it.
 */
public final class CorpusStatsJob implements Job<CorpusStatsConfig> {
  /** Dialogues with more turns are counted as having this many. */
  private static final int MAX_TURNS = 100;

  private static final int CHARACTERS_STEP = 5;

  /** Denominators: one text in this many. */
  private static final int[] SHARES = {10_000, 1_000, 100, 10};

  private static final DataType STRING = DataTypes.StringType;
  private static final DataType INTEGER = DataTypes.IntegerType;
  private static final DataType LONG = DataTypes.LongType;
  private static final DataType DOUBLE = DataTypes.DoubleType;

  public static void main(String[] args) {
    JobMain.run(new CorpusStatsJob(), args);
  }

  @Override
  public String name() {
    return "corpus-stats";
  }

  @Override
  public CorpusStatsConfig configure(ConfigReader in) {
    return CorpusStatsConfig.read(in);
  }

  @Override
  public Lineage lineage(CorpusStatsConfig config) {
    return Tokenizers.lineage(
        Lineage.to(config.output())
            .dataset("messages", config.messages(), "ingest-messages")
            .dataset("dialogues", config.dialogues(), "build-dialogues"),
        config.tokenizer());
  }

  @Override
  public void run(JobContext job, CorpusStatsConfig config) throws IOException {
    requireOneCorpus(job);
    SerializedTokenizer tokenizer = Tokenizers.load(job.directories(), config.tokenizer());
    Dataset<Row> messages = job.read("messages", "data");
    Dataset<Row> dialogues = job.read("dialogues", "data");
    job.count("rows_in", job.input("messages").rows("data"));
    // First, since a tokenizer that does not cover the corpus ends the job.
    TokenTables.write(job, config, dialogues, tokenizer);
    days(job, messages, dialogues);
    dialogueSizes(job, dialogues);
    messageTexts(job, config, messages, tokenizer);
    replies(job, config, dialogues);
    outcomes(job);
  }

  private static void requireOneCorpus(JobContext job) {
    String messages = job.input("messages").fingerprint();
    if (job.input("dialogues").inputs().stream()
        .noneMatch(input -> input.fingerprint().equals(messages))) {
      throw new BadInputException(
          job.inputPath("dialogues")
              + " must be made of "
              + job.inputPath("messages")
              + ", and is made of other messages; run build-dialogues again");
    }
  }

  private static void days(JobContext job, Dataset<Row> messages, Dataset<Row> dialogues) {
    write(
        job,
        messages
            .groupBy(col("lang"), col("source"), to_date(col("sent_at")).as("day"))
            .agg(count(lit(1)).as("messages"), sum(length(col("text"))).as("characters")),
        "messages_per_day",
        "lang",
        "source",
        "day");
    // Dialogues have no source column; a conversation usually has one source.
    Dataset<Row> sources = messages.groupBy("conversation_id").agg(min("source").as("source"));
    write(
        job,
        dialogues
            .select(
                col("conversation_id"),
                col("lang"),
                to_date(col("started_at")).as("day"),
                numTurns().as("turns"))
            .join(sources, new String[] {"conversation_id"}, "left")
            .groupBy(col("lang"), coalesce(col("source"), lit("")).as("source"), col("day"))
            .agg(count(lit(1)).as("dialogues"), sum("turns").as("turns")),
        "dialogues_per_day",
        "lang",
        "source",
        "day");
  }

  /** Uses only one field of the turns, so that their texts are not read. */
  private static Column numTurns() {
    return size(col("turns.speaker"));
  }

  private static void dialogueSizes(JobContext job, Dataset<Row> dialogues) {
    Dataset<Row> sizes = dialogues.select(col("lang"), col("split"), numTurns().as("turns"));
    write(
        job,
        sizes
            .groupBy(
                col("lang"),
                when(col("turns").geq(lit(MAX_TURNS)), lit(MAX_TURNS))
                    .otherwise(col("turns"))
                    .as("turns"))
            .agg(count(lit(1)).as("dialogues")),
        "turns_per_dialogue",
        "lang",
        "turns");
    splits(job, sizes.groupBy("lang", "split").agg(count(lit(1)), sum("turns")).collectAsList());
  }

  /** Writes a row for each split of each language, even if it has no dialogues. */
  private static void splits(JobContext job, List<Row> counted) {
    SortedMap<String, SortedMap<String, Row>> byLang = new TreeMap<>();
    for (Row row : counted) {
      byLang.computeIfAbsent(row.getString(0), lang -> new TreeMap<>()).put(row.getString(1), row);
    }
    List<Row> rows = new ArrayList<>();
    byLang.forEach(
        (lang, bySplit) -> {
          Splits.ALL.forEach(
              split -> bySplit.putIfAbsent(split, RowFactory.create(lang, split, 0L, 0L)));
          rows.addAll(bySplit.values());
        });
    write(
        job,
        rows,
        new StructType()
            .add("lang", STRING)
            .add("split", STRING)
            .add("dialogues", LONG)
            .add("turns", LONG),
        "splits");
  }

  private static void messageTexts(
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
    frequencies(job, config, texts, "frequent_texts", "text_coverage", "messages");
    // A text that was sent a thousand times is tokenized only once.
    SortedMap<String, TokenTally> tallies =
        TokenTally.of(
            texts.texts().select(col("*"), lit(0L).as("sender"), lit(0L).as("conversation")),
            tokenizer,
            0);
    lengths(
        job,
        tallies,
        TokenTally::textsByCharacters,
        CHARACTERS_STEP,
        "message_lengths",
        "characters_from",
        "messages");
    lengths(
        job, tallies, TokenTally::textsByTokens, 1, "message_tokens", "tokens_from", "messages");
    texts.unpersist();
  }

  /** Neighboring turns have different speakers, so every turn but the first is a reply. */
  private static void replies(JobContext job, CorpusStatsConfig config, Dataset<Row> dialogues) {
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
    frequencies(job, config, texts, "frequent_replies", "reply_coverage", "replies");
    texts.unpersist();
  }

  /** The most frequent texts, and the share of all occurrences that they cover. */
  private static void frequencies(
      JobContext job,
      CorpusStatsConfig config,
      TextFrequencies texts,
      String frequent,
      String coverage,
      String unit) {
    List<Row> shown = new ArrayList<>();
    List<Row> covered = new ArrayList<>();
    texts
        .histograms()
        .forEach(
            (lang, histogram) -> {
              double all = histogram.occurrences();
              long rank = 0;
              for (Row row : texts.shown(lang, config)) {
                long times = row.getLong(2);
                shown.add(
                    RowFactory.create(
                        lang, ++rank, row.getString(1), times, row.getLong(3), times / all));
              }
              for (int share : SHARES) {
                long most = histogram.oneIn(share);
                covered.add(
                    RowFactory.create(
                        lang, 1.0 / share, most, histogram.occurrencesOfMostFrequent(most) / all));
              }
            });
    write(
        job,
        shown,
        new StructType()
            .add("lang", STRING)
            .add("rank", LONG)
            .add("text", STRING)
            .add(unit, LONG)
            .add("senders", LONG)
            .add("share", DOUBLE),
        frequent);
    write(
        job,
        covered,
        new StructType()
            .add("lang", STRING)
            .add("share_of_texts", DOUBLE)
            .add("texts", LONG)
            .add("share_of_" + unit, DOUBLE),
        coverage);
  }

  /** Writes a histogram of text lengths, with bins of {@code step}. */
  static void lengths(
      JobContext job,
      SortedMap<String, TokenTally> tallies,
      Function<TokenTally, long[]> textsByLength,
      int step,
      String table,
      String from,
      String unit) {
    List<Row> rows = new ArrayList<>();
    tallies.forEach(
        (lang, tally) -> {
          TreeMap<Integer, Long> steps = new TreeMap<>();
          long[] texts = textsByLength.apply(tally);
          for (int i = 0; i < texts.length; i++) {
            if (texts[i] > 0) {
              steps.merge(i / step * step, texts[i], Long::sum);
            }
          }
          steps.forEach((length, number) -> rows.add(RowFactory.create(lang, length, number)));
        });
    write(
        job, rows, new StructType().add("lang", STRING).add(from, INTEGER).add(unit, LONG), table);
  }

  /** What the earlier jobs read, kept, dropped, rejected and masked, taken from their manifests. */
  private static void outcomes(JobContext job) {
    write(job, counts(job, ""), manifestTable("what", "number"), "outcomes");
    write(job, counts(job, "dropped."), manifestTable("reason", "messages"), "dropped");
    write(job, counts(job, "rejected."), manifestTable("reason", "rows"), "rejected");
    write(job, counts(job, "pii."), manifestTable("kind", "matches"), "personal_data");
  }

  private static StructType manifestTable(String what, String number) {
    return new StructType().add("job", STRING).add(what, STRING).add(number, LONG);
  }

  /** The counts of the inputs' manifests whose key has a prefix, by the rest of the key. */
  private static List<Row> counts(JobContext job, String prefix) {
    List<Row> rows = new ArrayList<>();
    for (String input : List.of("messages", "dialogues", "tokenizer")) {
      String name = job.input(input).job();
      for (Map.Entry<String, Long> count : job.input(input).counts().entrySet()) {
        if (count.getKey().startsWith(prefix)) {
          rows.add(
              RowFactory.create(name, count.getKey().substring(prefix.length()), count.getValue()));
        }
      }
    }
    return rows;
  }

  static void write(JobContext job, List<Row> rows, StructType schema, String table) {
    job.write(job.spark().createDataFrame(rows, schema).coalesce(1), table);
  }

  private static void write(JobContext job, Dataset<Row> rows, String table, String... order) {
    Column[] columns =
        Arrays.stream(order).map(org.apache.spark.sql.functions::col).toArray(Column[]::new);
    job.write(rows.repartition(1).sortWithinPartitions(columns), table);
  }
}
