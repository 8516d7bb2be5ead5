package io.dialogbert.job.table;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.xxhash64;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * A layout in which every file is a random sample of all examples, in random order. So a trainer
 * only shuffles the files, and the rows within each. The layout depends only on the rows and the
 * seed.
 */
public final class RandomFiles {
  private RandomFiles() {}

  /**
   * Lays out rows that have an {@code example_id} and a {@code split}.
   *
   * @param numRows their approximate number
   * @param rowsPerFile approximate number in each file
   */
  public static Dataset<Row> layout(Dataset<Row> rows, long seed, long numRows, long rowsPerFile) {
    int files = Math.toIntExact(1 + numRows / rowsPerFile);
    return rows.withColumn("shuffle", xxhash64(lit(seed), col("example_id")))
        .repartition(files, col("shuffle"))
        .sortWithinPartitions("split", "shuffle", "example_id")
        .drop("shuffle");
  }
}
