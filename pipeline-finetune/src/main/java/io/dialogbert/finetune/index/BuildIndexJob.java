package io.dialogbert.finetune.index;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.countDistinct;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.struct;

import io.dialogbert.common.BadInputException;
import io.dialogbert.dialogue.Splits;
import io.dialogbert.finetune.Tasks;
import io.dialogbert.finetune.inference.InferenceConfig.Columns;
import io.dialogbert.finetune.inference.SentenceVectors;
import io.dialogbert.frame.Job;
import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.Lineage;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.reaction.ReactionRules;
import io.dialogbert.reaction.Rejection;
import io.dialogbert.text.SerializedTokenizer;
import io.dialogbert.train.Checkpoint;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.api.java.function.FilterFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.storage.StorageLevel;

/** Makes of dialogues what {@code respond} and {@code serve} answer from. */
public final class BuildIndexJob implements Job<BuildIndexConfig> {
  public static void main(String[] args) {
    JobMain.run(new BuildIndexJob(), args);
  }

  @Override
  public String name() {
    return IndexTables.JOB;
  }

  @Override
  public BuildIndexConfig configure(ConfigReader in) {
    return BuildIndexConfig.read(in);
  }

  @Override
  public Lineage lineage(BuildIndexConfig config) {
    Lineage lineage =
        Lineage.to(config.output())
            .datasetOrDays("dialogues", config.dialogues(), "build-dialogues");
    if (config.similarity().isPresent()) {
      lineage =
          lineage.dataset(IndexTables.SIMILARITY, config.similarity().get(), Tasks.learners());
    }
    if (config.reply().isPresent()) {
      lineage = lineage.dataset(IndexTables.REPLY, config.reply().get(), Tasks.learners());
    }
    return lineage.fingerprint("reaction-rules", ReactionRules.fingerprint());
  }

  @Override
  public void run(JobContext job, BuildIndexConfig config) throws IOException {
    Dataset<Row> turns =
        job.read("dialogues", "data")
            .filter(col("split").equalTo(Splits.TRAIN))
            .mapPartitions(new TurnFinder(), Encoders.row(TurnFinder.SCHEMA))
            .persist(StorageLevel.DISK_ONLY());
    countTurns(job, turns);
    Dataset<Row> shown = turns.filter(col("rejection").equalTo(""));
    Dataset<Row> known = known(job, config, shown).persist(StorageLevel.DISK_ONLY());
    if (known.isEmpty()) {
      throw new BadInputException(
          "no text of the training split was written by "
              + config.minPeople()
              + " people; a larger corpus or a smaller min-people is needed");
    }
    if (config.similarity().isPresent()) {
      write(
          job,
          config,
          IndexTables.PAIRS,
          pairs(shown, known),
          IndexTables.QUERY_TEXT,
          config.similarity().get());
    }
    if (config.reply().isPresent()) {
      write(
          job,
          config,
          IndexTables.REPLIES,
          replies(shown, known),
          IndexTables.REPLY_TEXT,
          config.reply().get());
    }
  }

  private static void countTurns(JobContext job, Dataset<Row> turns) {
    Stream.of(Rejection.PERSONAL_DATA, Rejection.HARMFUL, Rejection.THREAT)
        .forEach(reason -> job.count("rejected." + reason.key(), 0));
    long all = 0;
    for (Row row : turns.groupBy("rejection").agg(count(lit(1))).collectAsList()) {
      all += row.getLong(1);
      if (!row.getString(0).isEmpty()) {
        job.count("rejected." + row.getString(0), row.getLong(1));
      }
    }
    job.count("turns", all);
  }

  /** The texts that enough people wrote, with their number: {@code lang}, {@code text}, people. */
  private static Dataset<Row> known(JobContext job, BuildIndexConfig config, Dataset<Row> shown)
      throws IOException {
    List<SerializedTokenizer> tokenizers = new ArrayList<>();
    for (Optional<String> checkpoint : List.of(config.similarity(), config.reply())) {
      if (checkpoint.isPresent()) {
        tokenizers.add(Checkpoint.loadTokenizer(job.directories(), checkpoint.get()));
      }
    }
    FilterFunction<Row> hasTokens =
        row ->
            tokenizers.stream()
                .allMatch(
                    tokenizer ->
                        tokenizer.tokenizer().encode(row.getAs("text"), row.getAs("lang")).length
                            > 0);
    Dataset<Row> texts =
        shown
            .groupBy("lang", "text")
            .agg(countDistinct("sender").as(IndexTables.PEOPLE))
            .persist(StorageLevel.DISK_ONLY());
    Dataset<Row> common = texts.filter(col(IndexTables.PEOPLE).geq(config.minPeople()));
    Dataset<Row> known = common.filter(hasTokens);
    job.count("texts", texts.count());
    job.count("texts_of_few_people", texts.count() - common.count());
    job.count("texts_without_tokens", common.count() - known.count());
    return known;
  }

  /** Each query with the reply that most people gave to it; {@code people} gave it. */
  private static Dataset<Row> pairs(Dataset<Row> shown, Dataset<Row> known) {
    Dataset<Row> texts = known.select("lang", "text");
    return shown
        .filter(col("query").isNotNull())
        .groupBy("lang", "query", "text")
        .agg(countDistinct("sender").as(IndexTables.PEOPLE))
        .join(texts, new String[] {"lang", "text"}, "left_semi")
        .join(texts.withColumnRenamed("text", "query"), new String[] {"lang", "query"}, "left_semi")
        .groupBy("lang", "query")
        .agg(max(struct(IndexTables.PEOPLE, "text")).as("best"))
        .select(
            col("lang"),
            col("query").as(IndexTables.QUERY_TEXT),
            col("best.text").as(IndexTables.REPLY_TEXT),
            col("best." + IndexTables.PEOPLE));
  }

  private static Dataset<Row> replies(Dataset<Row> shown, Dataset<Row> known) {
    return known
        .join(shown.filter(col("is_reply")), new String[] {"lang", "text"}, "left_semi")
        .select(col("lang"), col("text").as(IndexTables.REPLY_TEXT), col(IndexTables.PEOPLE));
  }

  /** Writes a table with the vectors of a column. */
  private static void write(
      JobContext job,
      BuildIndexConfig config,
      String table,
      Dataset<Row> rows,
      String text,
      String checkpoint)
      throws IOException {
    Dataset<Row> numbered =
        rows.withColumn(
                IndexTables.ROW,
                row_number().over(Window.partitionBy("lang").orderBy(text)).minus(1))
            .persist(StorageLevel.DISK_ONLY());
    long count = numbered.count();
    if (count == 0) {
      throw new BadInputException(
          "no "
              + table
              + " of texts that "
              + config.minPeople()
              + " people wrote; a larger corpus or a smaller min-people is needed");
    }
    Column[] all = Stream.of(numbered.columns()).map(name -> col(name)).toArray(Column[]::new);
    int files = Math.toIntExact(1 + (count - 1) / config.rowsPerFile());
    // Fixed before the network runs: which texts share a batch may change the last bit of a vector.
    Dataset<Row> layout =
        numbered
            .repartition(files, col("lang"), col(IndexTables.ROW))
            .sortWithinPartitions("lang", IndexTables.ROW)
            .withColumn("id", struct(all));
    job.write(
        new SentenceVectors(
                job, checkpoint, config.precision(), new Columns("id", text, "", "lang"), "ko", 0)
            .of(layout)
            .select("id.*", SentenceVectors.VECTOR),
        table);
    for (Row row : numbered.groupBy("lang").count().orderBy("lang").collectAsList()) {
      job.count(table + "." + row.getString(0), row.getLong(1));
      if (row.getLong(1) >= config.graphFrom()) {
        new GraphWriter(job, table, row.getString(0)).write(Math.toIntExact(row.getLong(1)));
      }
    }
  }
}
