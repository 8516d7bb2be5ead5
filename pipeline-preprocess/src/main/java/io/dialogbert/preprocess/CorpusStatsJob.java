package io.dialogbert.preprocess;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.desc;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.floor;
import static org.apache.spark.sql.functions.length;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.to_date;
import static org.apache.spark.sql.functions.when;

import io.dialogbert.common.ConfigReader;
import io.dialogbert.common.Job;
import io.dialogbert.common.JobContext;
import io.dialogbert.common.JobMain;
import io.dialogbert.common.Lineage;
import io.dialogbert.text.SerializedTokenizer;
import io.dialogbert.text.SpecialTokens;
import io.dialogbert.text.Tokenizer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;

/** What the corpus is like: one small table for each question an analyst asks. */
public final class CorpusStatsJob implements Job<CorpusStatsConfig> {
  /** Longer messages and dialogues are counted together in one last bucket. */
  private static final int MAX_LENGTH = 200;

  private static final int MAX_TURNS = 100;
  private static final int LENGTH_STEP = 5;
  private static final double[] SHARES = {0.0001, 0.001, 0.01, 0.1};

  private static final StructType TOKEN = new StructType().add("id", DataTypes.IntegerType, false);
  private static final StructType RANKED =
      new StructType()
          .add("rank", DataTypes.LongType, false)
          .add("id", DataTypes.IntegerType, false)
          .add("piece", DataTypes.StringType, false)
          .add("occurrences", DataTypes.LongType, false)
          .add("coverage", DataTypes.DoubleType, false);

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
    return Lineage.to(config.output())
        .dataset("messages", config.messages())
        .dataset("dialogues", config.dialogues())
        .dataset("tokenizer", config.tokenizer());
  }

  @Override
  public void run(JobContext job, CorpusStatsConfig config) throws IOException {
    Dataset<Row> messages = job.read("messages", "data").persist(StorageLevel.MEMORY_AND_DISK());
    Dataset<Row> dialogues = job.read("dialogues", "data");
    job.count("rows_in", job.input("messages").rows("data"));
    write(
        job,
        messages
            .groupBy(col("lang"), col("source"), to_date(col("sent_at")).as("day"))
            .agg(count(lit(1)).as("messages"), sum(length(col("text"))).as("characters")),
        "messages_per_day",
        "lang",
        "source",
        "day");
    write(
        job,
        messages
            .groupBy(
                col("lang"),
                bucket(length(col("text")), LENGTH_STEP, MAX_LENGTH).as("characters_from"))
            .agg(count(lit(1)).as("messages")),
        "message_lengths",
        "lang",
        "characters_from");
    write(
        job,
        dialogues
            .groupBy(col("lang"), bucket(size(col("turns")), 1, MAX_TURNS).as("turns"))
            .agg(count(lit(1)).as("dialogues")),
        "turns_per_dialogue",
        "lang",
        "turns");
    write(
        job,
        dialogues
            .groupBy("lang", "split")
            .agg(count(lit(1)).as("dialogues"), sum(size(col("turns"))).as("turns")),
        "splits",
        "lang",
        "split");
    frequentTexts(job, config, messages);
    tokens(job, config, dialogues);
    outcomes(job);
  }

  private static Column bucket(Column value, int step, int max) {
    return when(value.geq(lit(max)), lit(max))
        .otherwise(floor(value.divide(lit(step))).multiply(lit(step)))
        .cast(DataTypes.IntegerType);
  }

  private static void write(JobContext job, Dataset<Row> rows, String table, String... order) {
    Column[] columns =
        Arrays.stream(order).map(org.apache.spark.sql.functions::col).toArray(Column[]::new);
    job.write(rows.repartition(1).sortWithinPartitions(columns), table);
  }

  /** The most frequent messages, and what share of all messages the most frequent texts make up. */
  private static void frequentTexts(
      JobContext job, CorpusStatsConfig config, Dataset<Row> messages) {
    Dataset<Row> texts =
        messages
            .groupBy("lang", "text")
            .agg(count(lit(1)).as("messages"))
            .withColumn(
                "rank",
                row_number()
                    .over(Window.partitionBy("lang").orderBy(desc("messages"), col("text"))))
            .persist(StorageLevel.DISK_ONLY());
    Dataset<Row> totals =
        texts
            .groupBy("lang")
            .agg(sum("messages").as("all_messages"), count(lit(1)).as("all_texts"));
    write(
        job,
        texts
            .join(totals, "lang")
            .filter(
                col("messages")
                    .geq(lit(config.minShownCount()))
                    .and(col("rank").leq(lit(config.maxShown()))))
            .select(
                col("lang"),
                col("rank"),
                col("text"),
                col("messages"),
                col("messages").divide(col("all_messages")).as("share")),
        "frequent_texts",
        "lang",
        "rank");
    List<Row> shares = new ArrayList<>();
    for (Row total : totals.collectAsList()) {
      String lang = total.getString(0);
      for (double share : SHARES) {
        long most = (long) Math.ceil(total.getLong(2) * share);
        Row covered =
            texts
                .filter(col("lang").equalTo(lang).and(col("rank").leq(lit(most))))
                .agg(sum("messages"))
                .first();
        shares.add(
            RowFactory.create(lang, share, most, (double) covered.getLong(0) / total.getLong(1)));
      }
    }
    StructType schema =
        new StructType()
            .add("lang", DataTypes.StringType)
            .add("share_of_texts", DataTypes.DoubleType)
            .add("texts", DataTypes.LongType)
            .add("share_of_messages", DataTypes.DoubleType);
    write(
        job,
        job.spark().createDataFrame(shares, schema),
        "text_coverage",
        "lang",
        "share_of_texts");
  }

  /**
   * How often each token occurs in the dialogues, and how much of them the most frequent ones
   * cover.
   */
  private static void tokens(JobContext job, CorpusStatsConfig config, Dataset<Row> dialogues)
      throws IOException {
    SerializedTokenizer serialized = Tokenizers.load(job.directories(), config.tokenizer());
    FlatMapFunction<Row, Row> encode =
        turn -> {
          Tokenizer tokenizer = serialized.tokenizer();
          Iterator<Integer> ids =
              Arrays.stream(tokenizer.encode(turn.getString(1), turn.getString(0))).iterator();
          return new Iterator<>() {
            @Override
            public boolean hasNext() {
              return ids.hasNext();
            }

            @Override
            public Row next() {
              return RowFactory.create(ids.next());
            }
          };
        };
    // As many rows as the vocabulary has pieces, so the driver ranks them.
    List<Row> counts =
        dialogues
            .select(col("lang"), explode(col("turns.text")).as("text"))
            .flatMap(encode, Encoders.row(TOKEN))
            .groupBy("id")
            .agg(count(lit(1)).as("occurrences"))
            .orderBy(desc("occurrences"), col("id"))
            .collectAsList();
    long all = counts.stream().mapToLong(row -> row.getLong(1)).sum();
    List<Row> ranked = new ArrayList<>();
    long covered = 0;
    long unknown = 0;
    for (Row row : counts) {
      int id = row.getInt(0);
      long occurrences = row.getLong(1);
      covered += occurrences;
      unknown += id == SpecialTokens.UNK ? occurrences : 0;
      if (occurrences >= config.minShownCount()) {
        String piece = serialized.tokenizer().vocabulary().piece(id);
        ranked.add(
            RowFactory.create(
                (long) ranked.size() + 1, id, piece, occurrences, (double) covered / all));
      }
    }
    job.count("tokens", all);
    job.figure("unknown_ratio", (double) unknown / all);
    write(job, job.spark().createDataFrame(ranked, RANKED), "token_frequencies", "rank");
  }

  /** What the earlier jobs read, kept, dropped, rejected and masked, from their manifests. */
  private static void outcomes(JobContext job) {
    List<Row> rows = new ArrayList<>();
    for (String input : List.of("messages", "dialogues", "tokenizer")) {
      job.input(input)
          .counts()
          .forEach(
              (what, number) -> rows.add(RowFactory.create(job.input(input).job(), what, number)));
    }
    StructType schema =
        new StructType()
            .add("job", DataTypes.StringType)
            .add("what", DataTypes.StringType)
            .add("number", DataTypes.LongType);
    write(job, job.spark().createDataFrame(rows, schema), "outcomes", "job", "what");
  }
}
