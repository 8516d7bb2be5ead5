package io.dialogbert.job.forget;

import static org.apache.spark.sql.functions.array_distinct;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_set;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.first;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.map;
import static org.apache.spark.sql.functions.map_concat;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;

import io.dialogbert.common.BadInputException;
import io.dialogbert.dialogue.Turn;
import io.dialogbert.dialogue.TurnRemoval;
import io.dialogbert.job.table.DialogueRows;
import io.dialogbert.job.table.ExampleRows;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.api.java.UDF3;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import scala.collection.JavaConverters;
import scala.collection.Seq;

/**
 * A kind of table whose rows show whose messages they contain; recognized by columns that only this
 * kind has.
 */
enum ForgettableTable {
  /** A row is one message. */
  MESSAGES("message_id", "sender_id") {
    @Override
    Dataset<Row> affectedRows(Dataset<Row> rows, Dataset<Row> users, Dataset<Row> dialogueIds) {
      return rows.select("sender_id", FILE, ROW)
          .join(users, new String[] {"sender_id"}, "left_semi")
          .select(col(FILE), col(ROW), removal("forgotten.messages").as(COUNTS));
    }
  },

  /** A row is one dialogue, which is kept without the speaker if enough of it is left. */
  DIALOGUES("dialogue_id", "turns") {
    @Override
    Dataset<Row> affectedRows(Dataset<Row> rows, Dataset<Row> users, Dataset<Row> dialogueIds) {
      return rows.select(col(FILE), col(ROW), col("split"), explode(speakers()).as("sender_id"))
          .join(users, new String[] {"sender_id"}, "left_semi")
          .groupBy(FILE, ROW)
          .agg(first("split").as(SPLIT), collect_set("sender_id").as(SPEAKERS));
    }

    @Override
    Dataset<Row> counts(Dataset<Row> rows, Dataset<Row> affectedRows, Stage stage) {
      return rows.join(affectedRows, new String[] {FILE, ROW})
          .select(removed(rows, stage).as("left"))
          .select(col("left.counts").as(COUNTS));
    }

    @Override
    Dataset<Row> kept(Dataset<Row> rows, Dataset<Row> affectedRows, Stage stage) {
      Column turns = when(col(SPEAKERS).isNull(), col("turns")).otherwise(col("left.turns"));
      return rows.join(affectedRows, new String[] {FILE, ROW}, "left")
          .withColumn("left", when(col(SPEAKERS).isNotNull(), removed(rows, stage)))
          .withColumn("turns", turns)
          .filter(col("turns").isNotNull())
          .drop("left", SPLIT, SPEAKERS);
    }

    private static Column removed(Dataset<Row> rows, Stage stage) {
      String minTurns = stage.manifest().settings().get("build-dialogues.min-turns");
      if (minTurns == null) {
        throw new BadInputException(
            "manifest has no setting build-dialogues.min-turns: " + stage.directory());
      }
      UDF3<Seq<Row>, Seq<String>, String, Row> remove = new Removal(Integer.parseInt(minTurns));
      StructType result =
          new StructType()
              .add("turns", rows.schema().apply("turns").dataType())
              .add("counts", DataTypes.createMapType(DataTypes.StringType, DataTypes.LongType));
      return udf(remove, result).apply(col("turns"), col(SPEAKERS), col(SPLIT));
    }
  },

  /** A row holds hashes of a dialogue, by which later days find copies of it. */
  HASHES("dialogue_id", "content", "bands") {
    @Override
    Dataset<Row> affectedRows(Dataset<Row> rows, Dataset<Row> users, Dataset<Row> dialogueIds) {
      return rows.select("dialogue_id", FILE, ROW)
          .join(dialogueIds, new String[] {"dialogue_id"}, "left_semi")
          .select(col(FILE), col(ROW), removal("forgotten.hashes").as(COUNTS));
    }
  },

  /** A row says that a sender sent a text, of which it holds a hash, to a conversation. */
  SENT("broadcast", "conversation", "sender_id") {
    @Override
    Dataset<Row> affectedRows(Dataset<Row> rows, Dataset<Row> users, Dataset<Row> dialogueIds) {
      return rows.select("sender_id", FILE, ROW)
          .join(users, new String[] {"sender_id"}, "left_semi")
          .select(col(FILE), col(ROW), removal("forgotten.sent").as(COUNTS));
    }
  },

  /** A row holds turns of dialogues as token ids; it cannot be cut and is removed as a whole. */
  EXAMPLES("dialogue_ids", "input_ids") {
    @Override
    Dataset<Row> affectedRows(Dataset<Row> rows, Dataset<Row> users, Dataset<Row> dialogueIds) {
      Column counts =
          map_concat(
              removal("forgotten.examples"),
              map(lit("tokens"), col("tokens").multiply(-1)),
              map(concat(lit("examples."), col("split")), lit(-1L)));
      return rows.select(
              col(FILE),
              col(ROW),
              size(col("input_ids")).cast("long").as("tokens"),
              col("split"),
              explode(col("dialogue_ids")).as("dialogue_id"))
          .join(dialogueIds, new String[] {"dialogue_id"}, "left_semi")
          .groupBy(FILE, ROW)
          .agg(first("tokens").as("tokens"), first("split").as("split"))
          .select(col(FILE), col(ROW), counts.as(COUNTS));
    }

    @Override
    Map<String, String> parquetOptions() {
      return ExampleRows.PARQUET_OPTIONS;
    }
  };

  /** The file of a row, as a URI. */
  static final String FILE = "rewritten_file";

  /** The row's number in the file, from 0. */
  static final String ROW = "rewritten_row";

  /** What a row adds to the manifest's counts, by key. */
  static final String COUNTS = "removed_counts";

  private static final String SPLIT = "removed_split";
  private static final String SPEAKERS = "removed_speakers";

  private final List<String> columns;

  ForgettableTable(String... columns) {
    this.columns = List.of(columns);
  }

  /** The kind of a table, determined by its columns. */
  static Optional<ForgettableTable> of(StructType schema) {
    List<String> columns = Arrays.asList(schema.fieldNames());
    return Arrays.stream(values()).filter(kind -> columns.containsAll(kind.columns)).findFirst();
  }

  /**
   * The rows to change or remove, by {@link #FILE} and {@link #ROW}, with the columns that the
   * other methods need.
   *
   * @param rows rows of the table, with {@link #FILE} and {@link #ROW}
   * @param users {@code sender_id}, each once
   * @param dialogueIds {@code dialogue_id} of the dialogues with turns of the users, each once
   */
  abstract Dataset<Row> affectedRows(
      Dataset<Row> rows, Dataset<Row> users, Dataset<Row> dialogueIds);

  /**
   * The {@link #COUNTS} of the rows to change or remove.
   *
   * @param rows rows of the files that contain such rows
   */
  Dataset<Row> counts(Dataset<Row> rows, Dataset<Row> affectedRows, Stage stage) {
    return affectedRows.select(COUNTS);
  }

  /** The rows that remain, with the same columns in any order. */
  Dataset<Row> kept(Dataset<Row> rows, Dataset<Row> affectedRows, Stage stage) {
    return rows.join(affectedRows, new String[] {FILE, ROW}, "left_anti");
  }

  /** Parquet options for the table's files. */
  Map<String, String> parquetOptions() {
    return Map.of();
  }

  /** The speakers of a dialogue, each once. */
  static Column speakers() {
    return array_distinct(col("turns.speaker"));
  }

  private static Column removal(String count) {
    return map(lit("rows_out"), lit(-1L), lit(count), lit(1L));
  }

  /** Removes speakers from a dialogue; turns are null if the dialogue is dropped. */
  @SuppressWarnings("deprecation") // Scala 2.12 has no other converters than JavaConverters.
  private record Removal(int minTurns) implements UDF3<Seq<Row>, Seq<String>, String, Row> {
    @Override
    public Row call(Seq<Row> rows, Seq<String> speakers, String split) {
      List<Turn> turns = DialogueRows.turnsFromRows(JavaConverters.seqAsJavaList(rows));
      TurnRemoval removal =
          TurnRemoval.of(turns, new HashSet<>(JavaConverters.seqAsJavaList(speakers)), minTurns);
      Map<String, Long> counts = new HashMap<>();
      counts.put("forgotten.turns", (long) removal.removedTurns());
      counts.put("forgotten.messages", (long) removal.removedMessages());
      counts.put("messages_kept", (long) -removal.removedMessages() - removal.lostMessages());
      counts.put("messages." + split, counts.get("messages_kept"));
      counts.put("turns." + split, (long) removal.turns().size() - turns.size());
      removal
          .dropped()
          .ifPresent(
              reason -> {
                counts.put("rows_out", -1L);
                counts.put("forgotten.dialogues", 1L);
                counts.put("dialogues." + split, -1L);
                counts.put("dropped." + reason.label(), (long) removal.lostMessages());
              });
      Row[] left = DialogueRows.turnsToRows(removal.turns());
      return RowFactory.create(
          removal.dropped().isPresent() ? null : left, JavaConverters.mapAsScalaMap(counts));
    }
  }
}
