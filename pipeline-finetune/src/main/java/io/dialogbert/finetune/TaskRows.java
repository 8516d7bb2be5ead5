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
          .add("segment_ids", INTS, false)
          .add("turn_ids", INTS, false)
          .add("label", DataTypes.IntegerType, false)
          .add("teacher_logits", DataTypes.createArrayType(DataTypes.FloatType, false), false);

  private record Placed(TaskExample example, String lang, String split) {}

  private static final RowMapping<Placed> MAPPING =
      new RowMapping.Builder<Placed>(SCHEMA)
          .set("example_id", placed -> placed.example().exampleId())
          .set("dialogue_ids", placed -> dialogueIds(placed.example().exampleId()))
          .set("lang", Placed::lang)
          .set("split", Placed::split)
          .set("input_ids", placed -> placed.example().inputIds())
          .set("segment_ids", placed -> placed.example().segmentIds())
          .set("turn_ids", placed -> placed.example().turnIds())
          .set("label", placed -> placed.example().label())
          .set("teacher_logits", placed -> placed.example().teacherLogits())
          .build();

  private TaskRows() {}

  public static Row toRow(TaskExample example, String lang, String split) {
    return MAPPING.row(new Placed(example, lang, split));
  }

  /** An example is from one dialogue, whose id is the prefix of its own. */
  private static String[] dialogueIds(String exampleId) {
    return new String[] {exampleId.substring(0, exampleId.lastIndexOf('-'))};
  }

  /** Reads a row without Spark. */
  public static TaskExample decode(Group row) {
    return new TaskExample(
        row.getString("example_id", 0),
        ExampleReader.ints(row, "input_ids"),
        ExampleReader.ints(row, "segment_ids"),
        ExampleReader.ints(row, "turn_ids"),
        row.getInteger("label", 0),
        ExampleReader.floats(row, "teacher_logits"));
  }
}
