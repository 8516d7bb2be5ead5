package io.dialogbert.finetune;

import io.dialogbert.job.table.RowMapping;
import io.dialogbert.task.TaskExample;
import io.dialogbert.task.tag.PiecePlaces;
import io.dialogbert.task.tag.TaggedText;
import io.dialogbert.train.ExampleReader;
import java.util.List;
import java.util.function.Function;
import org.apache.parquet.example.data.Group;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** The task examples table. */
public final class TaskRows {
  /** Token ids of an example's own negative. */
  public static final String NEGATIVE_IDS = "negative_ids";

  /** What a teacher says; named before there were teachers of anything but classes. */
  private static final String TEACHER = "teacher_logits";

  /** Tags of the first text's characters. */
  private static final String TAGS = "tags";

  private static final DataType INTS = DataTypes.createArrayType(DataTypes.IntegerType, false);

  public static final StructType SCHEMA =
      new StructType()
          .add("example_id", DataTypes.StringType, false)
          .add("dialogue_ids", DataTypes.createArrayType(DataTypes.StringType, false), false)
          .add("lang", DataTypes.StringType, false)
          .add("split", DataTypes.StringType, false)
          .add("input_ids", INTS, false)
          .add("second_ids", INTS, false)
          .add("label", DataTypes.IntegerType, false)
          .add("score", DataTypes.FloatType, false)
          .add("key", DataTypes.IntegerType, false)
          .add(TEACHER, DataTypes.createArrayType(DataTypes.FloatType, false), false)
          .add(NEGATIVE_IDS, INTS, false)
          .add("negative_key", DataTypes.IntegerType, false)
          .add(TAGS, INTS, false)
          .add("piece_starts", INTS, false)
          .add("piece_ends", INTS, false);

  private record Placed(TaskExample example, String[] dialogueIds, String split) {}

  private static final RowMapping<Placed> MAPPING =
      new RowMapping.Builder<Placed>(SCHEMA)
          .set("example_id", placed -> placed.example().exampleId())
          .set("dialogue_ids", Placed::dialogueIds)
          .set("lang", placed -> placed.example().lang())
          .set("split", Placed::split)
          .set("input_ids", placed -> placed.example().first())
          .set("second_ids", placed -> placed.example().second())
          .set("label", placed -> placed.example().label())
          .set("score", placed -> placed.example().score())
          .set("key", placed -> placed.example().key())
          .set(TEACHER, placed -> placed.example().teacherOutputs())
          .set(NEGATIVE_IDS, placed -> placed.example().negative())
          .set("negative_key", placed -> placed.example().negativeKey())
          .set(TAGS, placed -> placed.example().tagged().tags())
          .set("piece_starts", placed -> placed.example().tagged().places().starts())
          .set("piece_ends", placed -> placed.example().tagged().places().ends())
          .build();

  private TaskRows() {}

  /**
   * The row of an example.
   *
   * @param dialogueIds the dialogues that its texts are from; none if they are from a file
   */
  public static Row toRow(TaskExample example, String[] dialogueIds, String split) {
    return MAPPING.row(new Placed(example, dialogueIds, split));
  }

  /** The example of a row. */
  public static TaskExample fromRow(Row row) {
    List<String> columns = List.of(row.schema().fieldNames());
    boolean hasNegatives = columns.contains(NEGATIVE_IDS);
    List<Float> outputs = row.getList(row.fieldIndex(TEACHER));
    float[] teacherOutputs = new float[outputs.size()];
    for (int c = 0; c < teacherOutputs.length; c++) {
      teacherOutputs[c] = outputs.get(c);
    }
    return new TaskExample(
        row.getAs("example_id"),
        row.getAs("lang"),
        ints(row, "input_ids"),
        ints(row, "second_ids"),
        row.getAs("label"),
        row.getAs("score"),
        row.getAs("key"),
        teacherOutputs,
        hasNegatives ? ints(row, NEGATIVE_IDS) : new int[0],
        hasNegatives ? row.<Integer>getAs("negative_key") : 0,
        columns.contains(TAGS) ? tagged(column -> ints(row, column)) : TaggedText.NONE);
  }

  private static TaggedText tagged(Function<String, int[]> ints) {
    int[] tags = ints.apply(TAGS);
    return tags.length == 0
        ? TaggedText.NONE
        : new TaggedText(
            tags, new PiecePlaces(ints.apply("piece_starts"), ints.apply("piece_ends")));
  }

  private static int[] ints(Row row, String column) {
    return row.<Integer>getList(row.fieldIndex(column)).stream().mapToInt(i -> i).toArray();
  }

  /** The dialogues that a row's texts are from. */
  public static String[] dialogueIds(Row row) {
    return row.<String>getList(row.fieldIndex("dialogue_ids")).toArray(String[]::new);
  }

  /** The dialogues that a row's texts are from. */
  public static String[] dialogueIds(Group row) {
    Group list = row.getGroup("dialogue_ids", 0);
    String[] ids = new String[list.getFieldRepetitionCount(0)];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = list.getGroup(0, i).getString(0, 0);
    }
    return ids;
  }

  /** Reads a row without Spark. */
  public static TaskExample decode(Group row) {
    // Task data of earlier versions has neither negatives nor tags.
    boolean hasNegatives = row.getType().containsField(NEGATIVE_IDS);
    return new TaskExample(
        row.getString("example_id", 0),
        row.getString("lang", 0),
        ExampleReader.ints(row, "input_ids"),
        ExampleReader.ints(row, "second_ids"),
        row.getInteger("label", 0),
        row.getFloat("score", 0),
        row.getInteger("key", 0),
        ExampleReader.floats(row, TEACHER),
        hasNegatives ? ExampleReader.ints(row, NEGATIVE_IDS) : new int[0],
        hasNegatives ? row.getInteger("negative_key", 0) : 0,
        row.getType().containsField(TAGS)
            ? tagged(column -> ExampleReader.ints(row, column))
            : TaggedText.NONE);
  }
}
