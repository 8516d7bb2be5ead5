package io.dialogbert.finetune.data;

import io.dialogbert.job.table.RowMapping;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** The table of classes and how frequent they are, for analysts. */
final class TaskClasses {
  static final StructType SCHEMA =
      new StructType()
          .add("class_id", DataTypes.IntegerType, false)
          .add("lang", DataTypes.StringType, false)
          .add("reaction", DataTypes.StringType, false)
          .add("replies", DataTypes.LongType, false);

  static final String TABLE = "classes";

  private static final RowMapping<TaskClass> MAPPING =
      new RowMapping.Builder<TaskClass>(SCHEMA)
          .set("class_id", TaskClass::id)
          .set("lang", TaskClass::lang)
          .set("reaction", TaskClass::reaction)
          .set("replies", TaskClass::replies)
          .build();

  private TaskClasses() {}

  /** A class: a reply of one language, and how often it occurs in the training split. */
  record TaskClass(int id, String lang, String reaction, long replies) {}

  static Row toRow(TaskClass taskClass) {
    return MAPPING.row(taskClass);
  }
}
