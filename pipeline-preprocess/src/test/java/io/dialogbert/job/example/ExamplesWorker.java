package io.dialogbert.job.example;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.size;

import com.sun.management.OperatingSystemMXBean;
import io.dialogbert.example.ExampleStats;
import io.dialogbert.example.TokenizedDialogue;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.job.table.ExampleRows;
import io.dialogbert.job.table.PartitionAccumulator;
import io.dialogbert.job.table.TokenizedRows;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Runs build-examples from token ids on one core. Prints that it is ready. For each line on
 * standard input, it makes all examples with static masks and answers with their number, the
 * seconds and the CPU seconds.
 */
public final class ExamplesWorker {
  private static final int VOCAB_SIZE = 30_006;
  private static final long SEED = 1;

  private ExamplesWorker() {}

  /** Makes examples of the dialogues in the first argument's directory; writes to the second's. */
  public static void main(String[] args) throws IOException {
    ConfigReader reader =
        ConfigReader.open(
            Optional.empty(),
            List.of(
                "build-examples.dialogues=" + args[0],
                "build-examples.tokenizer=unused",
                "build-examples.output=" + args[1],
                "build-examples.static-masks=1"));
    BuildExamplesConfig config = BuildExamplesConfig.read(reader.section("build-examples"));
    try (SparkSession spark = spark(reader);
        BufferedReader requests =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      System.out.println("ready");
      while (requests.readLine() != null) {
        long wall = System.nanoTime();
        long cpu = cpuNanos();
        long examples = make(spark, config);
        System.out.println(
            examples + " " + (System.nanoTime() - wall) * 1e-9 + " " + (cpuNanos() - cpu) * 1e-9);
      }
    }
  }

  private static long cpuNanos() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  private static SparkSession spark(ConfigReader reader) {
    SparkConf conf = new SparkConf().setMaster("local[1]").setAppName("examples");
    // The number that a job uses for so small an input.
    conf.set("spark.sql.shuffle.partitions", "8");
    reader.free("spark").forEach((key, value) -> conf.set("spark." + key, value));
    return SparkSession.builder().config(conf).getOrCreate();
  }

  private static long make(SparkSession spark, BuildExamplesConfig config) {
    Dataset<Row> tokenized = spark.read().parquet(config.dialogues());
    ExampleTableBuilder maker =
        new ExampleTableBuilder(
            config, tokenized, size(col("turns")), new BitSet(), VOCAB_SIZE, SEED);
    PartitionAccumulator<ExampleStats> partitions = new PartitionAccumulator<>();
    spark.sparkContext().register(partitions);
    maker
        .examples(tokenized, partitions)
        .write()
        .mode("overwrite")
        .option("compression", "zstd")
        .options(ExampleRows.PARQUET_OPTIONS)
        .partitionBy("split")
        .parquet(config.output());
    ExampleStats stats = maker.newStats();
    partitions.value().values().forEach(stats::merge);
    return stats.examples();
  }

  /**
   * Writes dialogues of messenger-like sizes: 2 to 40 turns, 13 on average, of 1 to 40 random
   * tokens, 9 on average.
   */
  public static void writeDialogues(String directory, int count) throws IOException {
    SplittableRandom random = new SplittableRandom(SEED);
    List<Row> rows = new ArrayList<>(count);
    for (int d = 0; d < count; d++) {
      List<int[]> turns = new ArrayList<>();
      for (int t = skewed(random, 2, 40, 15); t > 0; t--) {
        turns.add(random.ints(skewed(random, 1, 40, 9), 6, VOCAB_SIZE).toArray());
      }
      rows.add(
          TokenizedRows.toRow(
              new TokenizedDialogue(Long.toHexString(random.nextLong()), "ko", "train", turns)));
    }
    try (SparkSession spark = spark(ConfigReader.open(Optional.empty(), List.of()))) {
      spark
          .createDataset(rows, TokenizedRows.ENCODER)
          .coalesce(1)
          .write()
          .option("compression", "zstd")
          .parquet(directory);
    }
  }

  /** A random number from a geometric distribution: larger numbers are rarer. */
  private static int skewed(SplittableRandom random, int least, int most, double mean) {
    while (true) {
      double exponential = -Math.log(1 - random.nextDouble()) * (mean - least + 0.5);
      if (least + exponential < most + 1) {
        return (int) (least + exponential);
      }
    }
  }
}
