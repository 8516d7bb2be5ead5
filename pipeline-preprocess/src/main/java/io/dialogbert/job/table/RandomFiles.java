package io.dialogbert.job.table;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.xxhash64;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * A layout of examples in which every file is a random sample of the whole, in random order: a
 * trainer then only shuffles files, and rows within each. It depends on the rows and the seed
 * alone.
 */
public final class RandomFiles {
  private RandomFiles() {}

  /**
   * Lays out rows that have an {@code example_id} and a {@code split}.
   *
   * @param numRows about so many of them
   * @param rowsPerFile about so many in each file
   */
  public static Dataset<Row> layout(Dataset<Row> rows, long seed, long numRows, long rowsPerFile) {
    int files = Math.toIntExact(1 + numRows / rowsPerFile);
    return rows.withColumn("shuffle", xxhash64(lit(seed), col("example_id")))
        .repartition(files, col("shuffle"))
        .sortWithinPartitions("split", "shuffle", "example_id")
        .drop("shuffle");
  }
}
