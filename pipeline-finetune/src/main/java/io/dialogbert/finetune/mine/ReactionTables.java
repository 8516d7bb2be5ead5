package io.dialogbert.finetune.mine;

import io.dialogbert.job.table.RowMapping;
import io.dialogbert.reaction.ReactionRow;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** The tables that mine-reactions writes. */
public final class ReactionTables {
  static final String REACTIONS = "reactions";
  static final String COVERAGE = "coverage";

  static final StructType REACTION =
      new StructType()
          .add("class_id", DataTypes.IntegerType, false)
          .add("lang", DataTypes.StringType, false)
          .add("display", DataTypes.StringType, false)
          .add("key", DataTypes.StringType, false)
          .add("member", DataTypes.StringType, false)
          .add("count", DataTypes.LongType, false)
          .add("note", DataTypes.StringType, false);

  static final StructType COVERED =
      new StructType()
          .add("split", DataTypes.StringType, false)
          .add("lang", DataTypes.StringType, false)
          .add("num_classes", DataTypes.IntegerType, false)
          .add("replies", DataTypes.LongType, false)
          .add("covered", DataTypes.LongType, false)
          .add("share", DataTypes.DoubleType, false);

  private static final RowMapping<ReactionRow> MAPPING =
      new RowMapping.Builder<ReactionRow>(REACTION)
          .set("class_id", ReactionRow::classId)
          .set("lang", ReactionRow::lang)
          .set("display", ReactionRow::display)
          .set("key", ReactionRow::key)
          .set("member", ReactionRow::member)
          .set("count", ReactionRow::count)
          .set("note", ReactionRow::note)
          .build();

  private ReactionTables() {}

  static Row toRow(ReactionRow row) {
    return MAPPING.row(row);
  }

  /** Reads a row of the table {@code reactions}. */
  public static ReactionRow fromRow(Row row) {
    return new ReactionRow(
        row.getAs("class_id"),
        row.getAs("lang"),
        row.getAs("display"),
        row.getAs("key"),
        row.getAs("member"),
        row.getAs("count"),
        row.getAs("note"));
  }
}
