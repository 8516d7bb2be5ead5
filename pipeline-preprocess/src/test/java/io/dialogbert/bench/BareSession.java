package io.dialogbert.bench;

import org.apache.spark.sql.SparkSession;

/** Only Spark: copies a Parquet table into one file, with a job's settings for small inputs. */
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
