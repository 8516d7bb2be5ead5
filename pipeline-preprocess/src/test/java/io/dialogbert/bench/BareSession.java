package io.dialogbert.bench;

import org.apache.spark.sql.SparkSession;

/** Spark alone: copies a Parquet table into one file, with the settings of a job over little. */
final class BareSession {
  private BareSession() {}

  public static void main(String[] args) {
    SparkSession spark =
        SparkSession.builder()
            .master("local[" + BenchJob.CORES + "]")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.codegen.wholeStage", "false")
            .config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
            .config("spark.sql.shuffle.partitions", "1")
            .getOrCreate();
    spark.read().parquet(args[0]).coalesce(1).write().parquet(args[1]);
    spark.stop();
  }
}
