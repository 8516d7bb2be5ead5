package io.dialogbert.preprocess;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.xxhash64;

import io.dialogbert.common.BadInputException;
import io.dialogbert.common.ConfigReader;
import io.dialogbert.common.Job;
import io.dialogbert.common.JobContext;
import io.dialogbert.common.JobMain;
import io.dialogbert.common.Lineage;
import io.dialogbert.common.Manifest;
import io.dialogbert.dialogue.Dialogue;
import io.dialogbert.dialogue.DialogueBuilder;
import io.dialogbert.dialogue.DialogueConfig;
import io.dialogbert.dialogue.DialogueTally;
import io.dialogbert.dialogue.Turn;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;
import scala.collection.JavaConverters;

/**
 * Messages to dialogues: sessions of turns, each once, in train, validation or test by
 * conversation.
 */
public final class BuildDialoguesJob implements Job<BuildDialoguesConfig> {
  /** Dialogues, and in each partition's last row only a tally. */
  private static final StructType DIALOGUES_AND_TALLIES = dialoguesAndTallies();

  public static void main(String[] args) {
    JobMain.run(new BuildDialoguesJob(), args);
  }

  @Override
  public String name() {
    return "build-dialogues";
  }

  @Override
  public BuildDialoguesConfig configure(ConfigReader in) {
    return BuildDialoguesConfig.read(in);
  }

  @Override
  public Lineage lineage(BuildDialoguesConfig config) {
    return Lineage.to(config.output()).dataset("messages", config.messages());
  }

  @Override
  public void run(JobContext job, BuildDialoguesConfig config) {
    DialogueConfig rules = config.dialogues();
    MapPartitionsFunction<Row, Row> build = messages -> build(messages, rules);
    // The shuffle sorts, so that a conversation of any length streams through its task.
    Dataset<Row> built =
        job.read("messages", "data")
            .repartition(col("conversation_id"))
            .sortWithinPartitions("conversation_id", "sent_at", "source_row", "message_id")
            .mapPartitions(build, Encoders.row(DIALOGUES_AND_TALLIES))
            .persist(StorageLevel.DISK_ONLY());
    built
        .select(explode(col("tally")))
        .groupBy("key")
        .agg(sum("value"))
        .collectAsList()
        .forEach(row -> job.count(row.getString(0), row.getLong(1)));

    Dataset<Row> dialogues = built.filter(col("dialogue_id").isNotNull());
    Dataset<Row> firsts =
        dialogues
            .groupBy("lang", "content_hash")
            .agg(min("dialogue_id").as("dialogue_id"))
            .select("dialogue_id");
    Dataset<Row> distinct = dialogues.join(firsts, "dialogue_id").persist(StorageLevel.DISK_ONLY());
    long rowsOut = distinct.count();
    job.count("duplicate_dialogues", dialogues.count() - rowsOut);
    job.count("rows_out", rowsOut);
    if (rowsOut == 0) {
      throw new BadInputException(
          "no dialogue is left of "
              + job.count("rows_in")
              + " messages: each session had one speaker or fewer than min-turns = "
              + rules.minTurns()
              + " turns; look at session-gap and at the counts of "
              + config.messages());
    }
    distinct
        .groupBy("split")
        .agg(org.apache.spark.sql.functions.count(lit(1)), sum(size(col("turns"))))
        .collectAsList()
        .forEach(
            row -> {
              job.count("dialogues." + row.getString(0), row.getLong(1));
              job.count("turns." + row.getString(0), row.getLong(2));
            });
    int buckets = Math.toIntExact(Math.min(10_000, 1 + rowsOut / config.dialoguesPerFile()));
    Dataset<Row> layout =
        distinct
            .drop("content_hash", "tally")
            .select("dialogue_id", "conversation_id", "started_at", "turns", "lang", "split")
            .repartition(buckets, pmod(xxhash64(col("conversation_id")), lit(buckets)))
            .sortWithinPartitions("lang", "split", "conversation_id", "started_at", "dialogue_id");
    job.write(layout, "data", "lang", "split");
  }

  private static Iterator<Row> build(Iterator<Row> messages, DialogueConfig rules) {
    DialogueTally tally = new DialogueTally();
    Iterator<Dialogue> dialogues =
        new DialogueBuilder(rules)
            .build(
                new Iterator<>() {
                  @Override
                  public boolean hasNext() {
                    return messages.hasNext();
                  }

                  @Override
                  public io.dialogbert.dialogue.Message next() {
                    return MessageRows.fromRow(messages.next());
                  }
                },
                tally);
    return new Iterator<>() {
      private boolean tallied;

      @Override
      public boolean hasNext() {
        return dialogues.hasNext() || !tallied;
      }

      @Override
      public Row next() {
        if (dialogues.hasNext()) {
          return row(dialogues.next());
        }
        tallied = true;
        return tallyRow(tally);
      }
    };
  }

  private static Row row(Dialogue dialogue) {
    Object[] values = DialogueRows.values(dialogue);
    Object[] row = java.util.Arrays.copyOf(values, values.length + 2);
    row[values.length] =
        Manifest.sha256(
            dialogue.turns().stream().map(Turn::text).collect(Collectors.joining("\n")));
    return RowFactory.create(row);
  }

  private static Row tallyRow(DialogueTally tally) {
    Map<String, Long> counts = new HashMap<>();
    counts.put("rows_in", tally.messages());
    counts.put("messages_kept", tally.messagesKept());
    tally.dropped().forEach((reason, count) -> counts.put("dropped." + reason.label(), count));
    Object[] row = new Object[DIALOGUES_AND_TALLIES.size()];
    row[row.length - 1] = JavaConverters.mapAsScalaMap(counts);
    return RowFactory.create(row);
  }

  private static StructType dialoguesAndTallies() {
    StructField[] nullable =
        Stream.of(DialogueRows.SCHEMA.fields())
            .map(field -> DataTypes.createStructField(field.name(), field.dataType(), true))
            .toArray(StructField[]::new);
    return new StructType(nullable)
        .add("content_hash", DataTypes.StringType)
        .add("tally", DataTypes.createMapType(DataTypes.StringType, DataTypes.LongType));
  }
}
