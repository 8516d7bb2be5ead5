package io.dialogbert.frame;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.regexp_extract;

import io.dialogbert.frame.store.Manifest;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * A table of one directory or of many. Spark finds the columns that are directories of a table,
 * such as {@code lang=ko}, only below one root, and plans a union of many tables slowly. So the
 * tables of many are read as one list of directories, and such columns from the paths.
 */
final class InputTables {
  private static final Pattern COLUMN = Pattern.compile("/([^/=]+)=[^/]*");

  private InputTables() {}

  /** The rows of a table of all directories; empty if none has a file of it. */
  static Optional<Dataset<Row>> read(
      SparkSession spark, Collection<InputDirectory> directories, String table) {
    List<InputDirectory> having =
        directories.stream()
            .filter(
                directory ->
                    directory.manifest().files().stream().anyMatch(file -> isOf(table, file)))
            .toList();
    String[] paths =
        having.stream()
            .map(directory -> new Path(directory.path(), table).toString())
            .toArray(String[]::new);
    if (paths.length == 0) {
      return Optional.empty();
    }
    if (paths.length == 1) {
      return Optional.of(spark.read().parquet(paths));
    }
    Dataset<Row> rows = spark.read().option("recursiveFileLookup", "true").parquet(paths);
    for (String column : columns(having, table)) {
      rows = rows.withColumn(column, fromPath(column));
    }
    return Optional.of(rows);
  }

  private static boolean isOf(String table, Manifest.OutputFile file) {
    return file.path().startsWith(table + "/");
  }

  private static Set<String> columns(List<InputDirectory> directories, String table) {
    Set<String> columns = new TreeSet<>();
    for (InputDirectory directory : directories) {
      for (Manifest.OutputFile file : directory.manifest().files()) {
        Matcher column = COLUMN.matcher(file.path());
        while (isOf(table, file) && column.find()) {
          columns.add(column.group(1));
        }
      }
    }
    return columns;
  }

  /** From the last directory of the name, since the table itself may lie below others. */
  private static Column fromPath(String column) {
    return regexp_extract(
        col("_metadata.file_path"), ".*/" + Pattern.quote(column) + "=([^/]*)/", 1);
  }
}
