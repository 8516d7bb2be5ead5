package io.dialogbert.job.dialogue;

import com.sun.management.OperatingSystemMXBean;
import io.dialogbert.dialogue.DuplicateConfig;
import io.dialogbert.dialogue.PlantedDuplicates;
import io.dialogbert.frame.config.ConfigReader;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/**
 * Searches made-up dialogues for near-duplicates on one core. Prints that it is ready. For each
 * line on standard input, it reads the dialogues from Parquet and searches them. It answers with
 * the bytes of text in UTF-8, the seconds, the CPU seconds, the precision, and the share found of
 * the pairs planted at each of {@link #SIMILARITIES}.
 */
public final class NearDuplicatesWorker {
  public static final List<Double> SIMILARITIES = List.of(0.6, 0.7, 0.8, 0.85, 0.9, 0.95);

  private static final int PAIRS = 500;
  private static final long SEED = 1;
  private static final StructType SCHEMA =
      StructType.fromDDL("dialogue_id string, lang string, text string");

  private final DuplicateConfig config;
  private final List<Row> rows = new ArrayList<>();
  private final List<Set<String>> planted = new ArrayList<>();
  private long bytes;

  /** Makes dialogues in the first argument's directory; the second argument is their number. */
  public static void main(String[] args) throws IOException {
    ConfigReader reader =
        ConfigReader.open(
            Optional.empty(),
            List.of("build-dialogues.messages=unused", "build-dialogues.output=unused"));
    SparkConf conf = new SparkConf().setMaster("local[1]").setAppName("near-duplicates");
    // The number that a job uses for so small an input.
    conf.set("spark.sql.shuffle.partitions", "8");
    reader.free("spark").forEach((key, value) -> conf.set("spark." + key, value));
    NearDuplicatesWorker worker =
        new NearDuplicatesWorker(
            BuildDialoguesConfig.read(reader.section("build-dialogues")).duplicates());
    try (SparkSession spark = SparkSession.builder().config(conf).getOrCreate();
        BufferedReader requests =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      worker.write(spark, args[0], Integer.parseInt(args[1]));
      System.out.println("ready");
      while (requests.readLine() != null) {
        System.out.println(worker.find(spark, args[0]));
      }
    }
  }

  private NearDuplicatesWorker(DuplicateConfig config) {
    this.config = config;
  }

  private void write(SparkSession spark, String directory, int dialogues) {
    SplittableRandom random = new SplittableRandom(SEED);
    PlantedDuplicates made = new PlantedDuplicates(SEED, config.shingleLength());
    for (int i = 0; i < dialogues; i++) {
      add(random, made.dialogue(random.nextInt(2, 25)));
    }
    for (double similarity : SIMILARITIES) {
      Set<String> seconds = new HashSet<>();
      for (int i = 0; i < PAIRS; i++) {
        String text = made.dialogue(random.nextInt(8, 25));
        String a = add(random, text);
        String b = add(random, made.copy(text, similarity));
        seconds.add(a.compareTo(b) > 0 ? a : b);
      }
      planted.add(seconds);
    }
    spark
        .createDataset(rows, Encoders.row(SCHEMA))
        .coalesce(1)
        .write()
        .option("compression", "zstd")
        .parquet(directory);
    rows.clear();
  }

  private String add(SplittableRandom random, String text) {
    String id = String.format("%016x", random.nextLong());
    rows.add(RowFactory.create(id, "ko", text));
    bytes += text.getBytes(StandardCharsets.UTF_8).length;
    return id;
  }

  private String find(SparkSession spark, String directory) {
    long wall = System.nanoTime();
    long cpu = cpuNanos();
    Dataset<Row> found = NearDuplicates.find(spark.read().parquet(directory), config);
    Set<String> gone =
        found.collectAsList().stream().map(row -> row.getString(0)).collect(Collectors.toSet());
    double seconds = (System.nanoTime() - wall) * 1e-9;
    double cpuSeconds = (cpuNanos() - cpu) * 1e-9;
    spark.catalog().clearCache();
    long right = 0;
    StringBuilder shares = new StringBuilder();
    for (int i = 0; i < planted.size(); i++) {
      long hits = planted.get(i).stream().filter(gone::contains).count();
      right += SIMILARITIES.get(i) >= config.threshold() ? hits : 0;
      shares.append(' ').append(hits / (double) PAIRS);
    }
    return bytes + " " + seconds + " " + cpuSeconds + " " + right / (double) gone.size() + shares;
  }

  private static long cpuNanos() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }
}
