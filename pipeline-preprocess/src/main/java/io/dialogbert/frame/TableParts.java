package io.dialogbert.frame;

import io.dialogbert.frame.store.OutputParts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import org.apache.commons.lang3.exception.ExceptionUtils;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Writes the parts of a table that are not there yet, several at once. */
final class TableParts {
  /** A part may be one task, so as many parts as tasks keep a cluster busy; beyond, plans wait. */
  private static final int MAX_AT_ONCE = 64;

  /** Writes rows into a directory. */
  @FunctionalInterface
  interface Writer {
    void write(Dataset<Row> rows, Path directory);
  }

  private final SparkSession spark;
  private final OutputParts parts;
  private final Writer writer;

  TableParts(SparkSession spark, OutputParts parts, Writer writer) {
    this.spark = spark;
    this.parts = parts;
    this.writer = writer;
  }

  /**
   * Writes the parts.
   *
   * @param rows of a part by its number
   * @return number of parts that were there
   */
  int write(int count, IntFunction<Dataset<Row>> rows) throws IOException {
    List<Integer> missing = new ArrayList<>();
    for (int part = 0; part < count; part++) {
      if (!parts.isWhole(part)) {
        missing.add(part);
      }
    }
    int atOnce = Math.min(MAX_AT_ONCE, spark.sparkContext().defaultParallelism());
    ExecutorService pool = Executors.newFixedThreadPool(atOnce);
    try {
      List<Future<Integer>> written = new ArrayList<>();
      for (int part : missing) {
        written.add(pool.submit(() -> write(part, rows.apply(part))));
      }
      for (Future<Integer> one : written) {
        one.get();
      }
    } catch (ExecutionException e) {
      pool.shutdownNow();
      spark.sparkContext().cancelAllJobs();
      ExceptionUtils.rethrow(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while parts are written", e);
    } finally {
      pool.shutdownNow();
    }
    return count - missing.size();
  }

  private int write(int part, Dataset<Row> rows) throws IOException {
    writer.write(rows, parts.path(part));
    parts.setWhole(part);
    return part;
  }
}
