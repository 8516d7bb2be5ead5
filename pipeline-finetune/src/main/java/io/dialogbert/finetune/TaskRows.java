package io.dialogbert.finetune;

import io.dialogbert.job.table.RowMapping;
import io.dialogbert.task.TaskExample;
import io.dialogbert.train.ExampleReader;
import org.apache.parquet.example.data.Group;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** The task examples table. */
public final class TaskRows {
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
          .add("teacher_logits", DataTypes.createArrayType(DataTypes.FloatType, false), false);

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
          .set("teacher_logits", placed -> placed.example().teacherLogits())
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
    return new TaskExample(
        row.getString("example_id", 0),
        row.getString("lang", 0),
        ExampleReader.ints(row, "input_ids"),
        ExampleReader.ints(row, "second_ids"),
        row.getInteger("label", 0),
        row.getFloat("score", 0),
        row.getInteger("key", 0),
        ExampleReader.floats(row, "teacher_logits"));
  }
}
