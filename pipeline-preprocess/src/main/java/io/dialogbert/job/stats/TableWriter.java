package io.dialogbert.job.stats;

import io.dialogbert.frame.JobContext;
import io.dialogbert.report.StatisticsTable;
import io.dialogbert.report.StatisticsTable.Column;
import io.dialogbert.report.StatisticsTable.Kind;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Writes statistics tables, one sorted file each, in the columns of their definition. */
final class TableWriter {
  private TableWriter() {}

  /** Writes rows that were created on the driver. */
  static void write(JobContext job, TableRows rows) {
    StatisticsTable table = rows.table();
    write(job, table, job.spark().createDataFrame(rows.rows(), schema(table)).coalesce(1));
  }

  /**
   * Writes rows that were counted on the executors.
   *
   * @throws IllegalArgumentException if the columns are not those of the table
   */
  static void writeCounted(JobContext job, StatisticsTable table, Dataset<Row> rows) {
    String columns = rows.schema().catalogString();
    String expected = schema(table).catalogString();
    if (!columns.equals(expected)) {
      throw new IllegalArgumentException(
          "rows of " + table.directory() + " are " + columns + ", expected " + expected);
    }
    write(job, table, rows.repartition(1));
  }

  private static void write(JobContext job, StatisticsTable table, Dataset<Row> oneFile) {
    job.write(
        oneFile.sortWithinPartitions(
            table.order().stream().map(functions::col).toArray(org.apache.spark.sql.Column[]::new)),
        table.directory());
  }

  private static StructType schema(StatisticsTable table) {
    StructType schema = new StructType();
    for (Column column : table.columns()) {
      schema = schema.add(column.name(), type(column.kind()));
    }
    return schema;
  }

  private static DataType type(Kind kind) {
    return switch (kind) {
      case TEXT -> DataTypes.StringType;
      case INTEGER -> DataTypes.IntegerType;
      case COUNT -> DataTypes.LongType;
      case FRACTION -> DataTypes.DoubleType;
      case DAY -> DataTypes.DateType;
    };
  }
}
