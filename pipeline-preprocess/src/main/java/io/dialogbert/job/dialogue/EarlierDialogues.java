package io.dialogbert.job.dialogue;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.regexp_extract;
import static org.apache.spark.sql.functions.sha2;
import static org.apache.spark.sql.functions.unhex;

import io.dialogbert.dialogue.DuplicateConfig;
import io.dialogbert.frame.JobContext;
import io.dialogbert.job.table.DialogueRows;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Spliterators;
import java.util.function.Function;
import java.util.stream.StreamSupport;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;

/** The dialogues of days that were made before, as far as later ones are compared with them. */
final class EarlierDialogues {
  /** The table of the hashes of a day's dialogues. */
  static final String TABLE = "hashes";

  /** {@code content} is the hash of the text, and {@code bands} are those of its MinHash values. */
  private static final StructType HASHES =
      new StructType()
          .add("dialogue_id", DataTypes.StringType, false)
          .add("lang", DataTypes.StringType, false)
          .add("content", DataTypes.BinaryType, false)
          .add("bands", DataTypes.createArrayType(DataTypes.LongType, false), false);

  private static final StructType TURNS =
      new StructType()
          .add("dialogue_id", DataTypes.StringType)
          .add("turns", DialogueRows.SCHEMA.apply("turns").dataType());

  private static final String[] CONTENT = {"lang", "content"};
  private static final String[] ID = {"dialogue_id"};

  private final JobContext job;
  private final Function<String, String> inputOfDay;
  private final Dataset<Row> hashes;

  /**
   * The dialogues of some days.
   *
   * @param days the job's names of their directories
   * @param inputOfDay the job's name of the directory of a day
   */
  EarlierDialogues(JobContext job, Collection<String> days, Function<String, String> inputOfDay) {
    this.job = job;
    this.inputOfDay = inputOfDay;
    this.hashes = job.read(days, TABLE, HASHES);
  }

  /** {@code dialogue_id}, {@code lang}, {@code content} and {@code bands} of each dialogue. */
  Dataset<Row> hashes() {
    return hashes;
  }

  /** The hash of a dialogue's text. */
  static Column content() {
    return unhex(sha2(col("text"), 256));
  }

  /** The text of a dialogue, of which hashes are made. */
  static Column text() {
    return concat_ws("\n", col("turns.text"));
  }

  /**
   * The ids of dialogues that are there already: with the same turns as an earlier one, or with its
   * id.
   *
   * @param dialogues the id, {@code lang} and {@code text} of each
   * @return one column, {@code copy}
   */
  Dataset<Row> copies(Dataset<Row> dialogues) {
    Dataset<Row> own = dialogues.select(col("dialogue_id"), col("lang"), content().as("content"));
    // Of the many earlier ones, only those that match are kept.
    Dataset<Row> sameContent =
        hashes.select("lang", "content").join(own.select("lang", "content"), CONTENT, "left_semi");
    Dataset<Row> sameId =
        hashes.select("dialogue_id").join(own.select("dialogue_id"), ID, "left_semi");
    return own.join(sameContent, CONTENT, "left_semi")
        .select("dialogue_id")
        .union(own.join(sameId, ID, "left_semi").select("dialogue_id"))
        .distinct()
        .withColumnRenamed("dialogue_id", "copy")
        .persist(StorageLevel.DISK_ONLY());
  }

  /**
   * The texts of some dialogues. Only the tables of the days that have one are read.
   *
   * @param ids {@code dialogue_id}
   * @return {@code dialogue_id} and {@code text}
   */
  Dataset<Row> texts(Dataset<Row> ids) {
    List<String> days =
        hashes
            .withColumn("day", regexp_extract(col("_metadata.file_path"), ".*/day=([^/]*)/", 1))
            .join(ids, ID, "left_semi")
            .select("day")
            .distinct()
            .collectAsList()
            .stream()
            .map(row -> inputOfDay.apply(row.getString(0)))
            .sorted()
            .toList();
    return job.read(days, "data", TURNS)
        .join(ids, ID, "left_semi")
        .select(col("dialogue_id"), text().as("text"));
  }

  /**
   * The hashes of dialogues.
   *
   * @param dialogues the id, {@code lang} and {@code text} of each
   */
  static Dataset<Row> hashes(Dataset<Row> dialogues, DuplicateConfig config) {
    MapPartitionsFunction<Row, Row> hash = rows -> hashes(rows, config);
    return dialogues.withColumn("content", content()).mapPartitions(hash, Encoders.row(HASHES));
  }

  private static Iterator<Row> hashes(Iterator<Row> texts, DuplicateConfig config) {
    Function<Row, long[]> bands =
        config.looksForNearDuplicates() ? NearDuplicates.bandsOf(config) : row -> new long[0];
    return StreamSupport.stream(Spliterators.spliteratorUnknownSize(texts, 0), false)
        .map(
            row ->
                RowFactory.create(
                    row.getAs("dialogue_id"),
                    row.getAs("lang"),
                    row.getAs("content"),
                    Arrays.stream(bands.apply(row)).boxed().toArray(Long[]::new)))
        .iterator();
  }
}
