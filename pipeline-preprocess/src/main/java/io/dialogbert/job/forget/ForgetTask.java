package io.dialogbert.job.forget;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;

import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.store.Manifest;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;

/** Writes the new files of a stage's tables into its staging directory. */
final class ForgetTask {
  /** Prefix of the counts of what was removed. */
  static final String FORGOTTEN = "forgotten.";

  private static final String NUMBER = "rewritten_number";
  private static final StructType NUMBERED =
      new StructType()
          .add(ForgettableTable.FILE, DataTypes.StringType, false)
          .add(NUMBER, DataTypes.IntegerType, false);

  private final JobContext job;
  private final Stage stage;
  private final Path staging;
  private final Map<String, Long> counts = new TreeMap<>();
  private final List<String> files = new ArrayList<>();
  private long rows;
  private boolean followsInputs;

  /**
   * Creates the task of a stage.
   *
   * @param staging where new files are written; still empty
   */
  ForgetTask(JobContext job, Stage stage, Path staging) {
    this.job = job;
    this.stage = stage;
    this.staging = staging;
    this.followsInputs = stage.isEmptyDay();
  }

  /** What the tables so far add to the manifest's counts. */
  Map<String, Long> counts() {
    return counts;
  }

  /** Files that lose rows, by their paths in the directory. */
  List<String> files() {
    return files;
  }

  /** Whether the main table was processed, so that it now matches its changed inputs. */
  boolean followsInputs() {
    return followsInputs;
  }

  /** The number of rows changed or removed. */
  long rows() {
    return rows;
  }

  /** The rows of a table with their file and row number. */
  static Dataset<Row> placed(Dataset<Row> table) {
    return table.select(
        col("*"),
        col("_metadata.file_path").as(ForgettableTable.FILE),
        col("_metadata.row_index").as(ForgettableTable.ROW));
  }

  /**
   * Stages the files of a table that contain rows of the users. Only the list of files is held in
   * memory.
   */
  void rewrite(String table, ForgettableTable kind, Dataset<Row> users, Dataset<Row> dialogueIds)
      throws IOException {
    followsInputs |= table.equals(Stage.MAIN_TABLE);
    Dataset<Row> all = job.spark().read().parquet(new Path(stage.directory(), table).toString());
    Dataset<Row> affectedRows =
        kind.affectedRows(placed(all), users, dialogueIds).persist(StorageLevel.DISK_ONLY());
    List<Row> touched =
        affectedRows
            .groupBy(ForgettableTable.FILE)
            .agg(count(lit(1)).as("rows"))
            .orderBy(ForgettableTable.FILE)
            .collectAsList();
    if (!touched.isEmpty()) {
      List<Row> numbered = new ArrayList<>();
      List<String> paths = new ArrayList<>();
      for (Row file : touched) {
        String uri = file.getAs(ForgettableTable.FILE);
        numbered.add(RowFactory.create(uri, numbered.size()));
        paths.add(relative(uri));
        rows += file.<Long>getAs("rows");
      }
      files.addAll(paths);
      // Reading single files gives no partition columns, which are not written either.
      Dataset<Row> old =
          placed(
              job.spark()
                  .read()
                  .parquet(
                      paths.stream()
                          .map(path -> new Path(stage.directory(), path).toString())
                          .toArray(String[]::new)));
      addCounts(table, kind.counts(old, affectedRows, stage));
      write(table, kind, kind.kept(old, affectedRows, stage), old.columns(), numbered, paths);
    }
    affectedRows.unpersist();
  }

  private void addCounts(String table, Dataset<Row> counted) {
    for (Row row :
        counted
            .select(explode(col(ForgettableTable.COUNTS)))
            .groupBy("key")
            .agg(sum("value").as("value"))
            .collectAsList()) {
      String key = row.getAs("key");
      // Rows are counted only for the main table.
      if (table.equals(Stage.MAIN_TABLE) || key.startsWith(FORGOTTEN)) {
        counts.merge(key, row.getAs("value"), Long::sum);
      }
    }
  }

  private void write(
      String table,
      ForgettableTable kind,
      Dataset<Row> kept,
      String[] names,
      List<Row> numbered,
      List<String> paths)
      throws IOException {
    FileSystem fileSystem = job.directories().fileSystem(staging);
    Column[] columns =
        Stream.concat(Arrays.stream(names), Stream.of(NUMBER))
            .filter(name -> !name.equals(ForgettableTable.FILE))
            .filter(name -> !name.equals(ForgettableTable.ROW))
            .map(name -> col(name))
            .toArray(Column[]::new);
    Path parts = new Path(staging, "parts-" + table);
    kept.join(job.spark().createDataFrame(numbered, NUMBERED), new String[] {ForgettableTable.FILE})
        .repartition(Math.min(numbered.size(), 10_000), col(NUMBER))
        .sortWithinPartitions(NUMBER, ForgettableTable.ROW)
        .select(columns)
        .write()
        .option("compression", "zstd")
        .options(kind.parquetOptions())
        .partitionBy(NUMBER)
        .parquet(parts.toString());
    // One part for each file that has rows left, since all rows of a file are in one task.
    for (int i = 0; i < paths.size(); i++) {
      Path part = new Path(parts, NUMBER + "=" + i);
      if (fileSystem.exists(part)) {
        Path to = new Path(staging, paths.get(i));
        fileSystem.mkdirs(to.getParent());
        for (FileStatus file : fileSystem.listStatus(part)) {
          if (file.getPath().getName().startsWith("part-")
              && !fileSystem.rename(file.getPath(), to)) {
            throw new IOException("could not rename " + file.getPath() + " to " + to);
          }
        }
      }
    }
    fileSystem.delete(parts, true);
  }

  private String relative(String uri) {
    String path = URI.create(uri).getPath();
    String root = new Path(stage.directory()).toUri().getPath() + "/";
    if (!path.startsWith(root)) {
      throw new IllegalStateException("a file of " + root + " must lie in it: " + path);
    }
    return path.substring(root.length());
  }

  /** The directory's files, including the new ones. */
  List<Manifest.OutputFile> newFiles() throws IOException {
    if (files.isEmpty()) {
      return stage.manifest().files();
    }
    Map<String, Manifest.OutputFile> all = new TreeMap<>();
    stage.manifest().files().forEach(file -> all.put(file.path(), file));
    files.forEach(all::remove);
    job.describe(staging).forEach(file -> all.put(file.path(), file));
    return List.copyOf(all.values());
  }
}
