package io.dialogbert.finetune;

import io.dialogbert.frame.JobContext;
import io.dialogbert.job.table.RowMapping;
import io.dialogbert.model.head.ClassSet;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** The table in the task data that gives the meaning of its labels. */
public final class TaskClasses {
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

  /** The classes of an input of the job. Their counts are not part of a class set. */
  public static ClassSet of(JobContext job, String input) {
    List<String> names = new ArrayList<>();
    for (Row row :
        job.read(input, TABLE)
            .select("class_id", "lang", "reaction")
            .orderBy("class_id")
            .collectAsList()) {
      names.add(row.mkString("\t"));
    }
    return new ClassSet("reactions", names.size(), DigestUtils.sha256Hex(String.join("\n", names)));
  }
}
