package io.dialogbert.job.report;

import io.dialogbert.frame.store.Directories;
import java.io.IOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.schema.LogicalTypeAnnotation.DateLogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.Type;

/**
 * The first rows of a Parquet table with primitive columns. Reading them here takes milliseconds;
 * starting a Spark session takes seconds.
 *
 * @param rows a value for each column: a number, a day as ISO 8601, or a string
 */
record SmallTable(List<String> columns, List<List<Object>> rows) {
  /**
   * Reads files in order.
   *
   * @param files relative to {@code directory}, at least one, all with the same schema
   * @param maxRows maximum number of rows to read
   */
  static SmallTable read(Directories directories, String directory, List<String> files, int maxRows)
      throws IOException {
    List<Type> fields = List.of();
    List<List<Object>> rows = new ArrayList<>();
    for (String file : files) {
      Path path = new Path(directory, file);
      Configuration hadoop = directories.fileSystem(path).getConf();
      try (ParquetFileReader reader =
          ParquetFileReader.open(HadoopInputFile.fromPath(path, hadoop))) {
        fields = reader.getFileMetaData().getSchema().getFields();
      }
      try (ParquetReader<Group> reader =
          ParquetReader.builder(new GroupReadSupport(), path).withConf(hadoop).build()) {
        for (Group row = reader.read(); row != null && rows.size() < maxRows; row = reader.read()) {
          rows.add(values(row, fields));
        }
      }
    }
    return new SmallTable(fields.stream().map(Type::getName).toList(), rows);
  }

  private static List<Object> values(Group row, List<Type> fields) {
    List<Object> values = new ArrayList<>();
    for (int field = 0; field < fields.size(); field++) {
      boolean isNull = row.getFieldRepetitionCount(field) == 0;
      values.add(isNull ? "null" : value(row, field, fields.get(field).asPrimitiveType()));
    }
    return values;
  }

  private static Object value(Group row, int field, PrimitiveType type) {
    return switch (type.getPrimitiveTypeName()) {
      case INT32 ->
          type.getLogicalTypeAnnotation() instanceof DateLogicalTypeAnnotation
              ? LocalDate.ofEpochDay(row.getInteger(field, 0)).toString()
              : row.getInteger(field, 0);
      case INT64 -> row.getLong(field, 0);
      case DOUBLE -> row.getDouble(field, 0);
      case BINARY -> row.getString(field, 0);
      default -> throw new IllegalArgumentException("column of a type that no table has: " + type);
    };
  }
}
