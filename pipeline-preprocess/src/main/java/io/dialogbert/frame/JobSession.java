package io.dialogbert.frame;

import io.dialogbert.common.BadConfigException;
import io.dialogbert.common.LocalFiles;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.ParquetInputFormat;
import org.apache.parquet.hadoop.ParquetOutputFormat;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.Utils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Spark session of one run. It starts on first use. So a run that finds its work done, or
 * rejects its inputs, starts no session and takes no executors.
 */
final class JobSession implements AutoCloseable {
  /** Settings that jobs depend on; they override a cluster's defaults. */
  private static final Map<String, String> FIXED =
      Map.ofEntries(
          // Kryo cannot write records.
          Map.entry("spark.serializer", "org.apache.spark.serializer.JavaSerializer"),
          // A tally is identified by its partition number, which must mean the same when the
          // partition is recomputed.
          Map.entry("spark.sql.adaptive.enabled", "false"),
          Map.entry("spark.sql.ansi.enabled", "false"),
          Map.entry("spark.sql.session.timeZone", "UTC"),
          Map.entry("spark.sql.datetime.java8API.enabled", "true"),
          // Jobs decide how many rows a file holds.
          Map.entry("spark.sql.files.maxRecordsPerFile", "0"),
          // Unlike Spark's default, INT96, it defines the time zone, and files record the column's
          // range.
          Map.entry("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS"),
          Map.entry("spark.sql.parquet.writeLegacyFormat", "false"),
          // Damaged page data is never read as wrong rows.
          Map.entry("spark.hadoop." + ParquetOutputFormat.PAGE_WRITE_CHECKSUM_ENABLED, "true"),
          Map.entry("spark.hadoop." + ParquetInputFormat.PAGE_VERIFY_CHECKSUM_ENABLED, "true"));

  private static final Logger LOG = LoggerFactory.getLogger(JobSession.class);
  private static final String APP_NAME = "spark.app.name";
  private static final String MASTER = "spark.master";

  /** Set only by spark-submit. */
  private static final String DEPLOY_MODE = "spark.submit.deployMode";

  /** Settings that Spark reads before it starts the driver's JVM. */
  private static final Set<String> TOO_LATE =
      Set.of(
          "spark.driver.memory",
          "spark.driver.extraJavaOptions",
          "spark.driver.extraClassPath",
          "spark.driver.extraLibraryPath",
          DEPLOY_MODE);

  private static final String SHUFFLE_PARTITIONS = "spark.sql.shuffle.partitions";

  /**
   * About 40,000 messages. Up to this size, interpreting plans costs no more than generating code.
   */
  private static final long SMALL_BYTES = 1L << 20;

  private static final long FEW_SHUFFLE_PARTITIONS = 8;
  private static final long MAX_SHUFFLE_PARTITIONS = 10_000;

  private final Job<?> job;
  private final SparkConf conf;
  private final Configuration hadoop;
  private SparkSession spark;

  /**
   * Creates a session without starting it.
   *
   * @param conf what spark-submit set; takes precedence over {@code settings}
   * @param settings the configuration's {@code spark} section, by dotted names
   * @param output the output directory; empty if the job only prints
   */
  JobSession(Job<?> job, String output, SparkConf conf, Map<String, String> settings) {
    this.job = job;
    this.conf = conf;
    // Unless given a name, spark-submit names an application after its main class.
    if (Set.of(JobMain.class.getName(), job.getClass().getName())
        .contains(conf.get(APP_NAME, ""))) {
      conf.remove(APP_NAME);
    }
    Map<String, String> named = new TreeMap<>();
    settings.forEach(
        (key, value) -> named.put(key.startsWith("spark.") ? key : "spark." + key, value));
    withoutEffect(named).forEach(LOG::warn);
    named.forEach(conf::setIfMissing);
    conf.setIfMissing(
        APP_NAME, output.isEmpty() ? job.name() : job.name() + " " + new Path(output).getName());
    conf.setIfMissing(MASTER, "local[*]");
    if (conf.get(MASTER).startsWith("local")) {
      conf.setIfMissing(DriverHost.SETTING, DriverHost.LOCAL);
      // A task that runs out of memory must fail, not end the process that would report it.
      conf.setIfMissing("spark.executor.killOnFatalError.depth", "0");
    } else if (!conf.contains(DEPLOY_MODE) && SparkContext.jarOfClass(JobMain.class).isDefined()) {
      // Without spark-submit, nothing else gives executors the jobs.
      conf.setIfMissing("spark.jars", SparkContext.jarOfClass(JobMain.class).get());
    }
    if (!conf.contains(DEPLOY_MODE)) {
      // Nobody watches a run on a local machine; on a cluster, the cluster's setting applies.
      conf.setIfMissing("spark.ui.enabled", "false");
    }
    FIXED.forEach(conf::set);
    hadoop = SparkHadoopUtil.get().newConfiguration(conf);
  }

  /**
   * Explains which settings of the configuration have no effect. A cluster's defaults are not
   * checked.
   */
  static List<String> withoutEffect(Map<String, String> settings) {
    List<String> sentences = new ArrayList<>();
    settings.forEach(
        (key, value) -> {
          if (TOO_LATE.contains(key)) {
            sentences.add(
                key
                    + " has no effect in a configuration: the driver's JVM runs already; give it to"
                    + " spark-submit (for bin/dialogbert, DIALOGBERT_HEAP and JAVA_TOOL_OPTIONS)");
          } else if (!FIXED.getOrDefault(key, value).equals(value)) {
            sentences.add(key + " = " + value + " has no effect: jobs depend on " + FIXED.get(key));
          }
        });
    return sentences;
  }

  /** Creates a session with what spark-submit set in this JVM. */
  static JobSession of(Job<?> job, String output, Map<String, String> settings) {
    return new JobSession(job, output, new SparkConf(), settings);
  }

  /** The local path of a configuration file that may have been given to spark-submit. */
  static String configuration(String file) {
    SparkConf submitted = new SparkConf();
    return SubmittedFiles.find(
        file,
        submitted.get("spark.files", ""),
        () -> SparkHadoopUtil.get().newConfiguration(submitted));
  }

  /**
   * Hadoop's settings, including those of {@code spark.hadoop.*}; the same as the running
   * session's.
   */
  Configuration hadoop() {
    return hadoop;
  }

  /** A Spark setting, or {@code otherwise} if it is not set. */
  String setting(String key, String otherwise) {
    return conf.get(key, otherwise);
  }

  /**
   * Sets what depends on the size of the inputs, unless it is already set. Call before the session
   * starts.
   *
   * @param inputBytes their size on disk
   */
  void tuneFor(long inputBytes) {
    conf.setIfMissing(SHUFFLE_PARTITIONS, String.valueOf(shufflePartitions(inputBytes)));
    if (inputBytes <= SMALL_BYTES) {
      // For so few rows, generating and compiling code takes longer than interpreting the plan.
      conf.setIfMissing("spark.sql.codegen.wholeStage", "false");
      conf.setIfMissing("spark.sql.codegen.factoryMode", "NO_CODEGEN");
    }
  }

  /** Number of shuffle partitions: one per MiB of the inputs up to 8, then one per 32 MiB. */
  private static long shufflePartitions(long inputBytes) {
    long few = Math.min(FEW_SHUFFLE_PARTITIONS, 1 + (inputBytes >> 20));
    return Math.max(few, Math.min(MAX_SHUFFLE_PARTITIONS, inputBytes >> 25));
  }

  /** Whether the job uses Spark at all. */
  boolean isWanted() {
    return job.usesSpark();
  }

  boolean started() {
    return spark != null;
  }

  /**
   * The running session, started on the first call.
   *
   * @throws BadConfigException if Spark does not start
   */
  SparkSession get() {
    if (spark == null) {
      spark = start();
      spark.sparkContext().setJobGroup(job.name(), job.name(), false);
      if (!job.reportsProgress() && !conf.getBoolean("spark.ui.showConsoleProgress", false)) {
        spark
            .sparkContext()
            .addSparkListener(new ProgressLog(job.name(), Clock.systemUTC(), LOG::info));
      }
    }
    return spark;
  }

  /**
   * Called at the end of a successful run. In cluster mode, YARN counts a run that never had a
   * session as failed. So such a run gets one, without executors.
   */
  void complete() {
    boolean driverInYarn =
        conf.get(MASTER).equals("yarn") && conf.get(DEPLOY_MODE, "").equals("cluster");
    if (!started() && driverInYarn) {
      conf.set("spark.dynamicAllocation.enabled", "false");
      conf.set("spark.executor.instances", "0");
      get();
    }
  }

  private SparkSession start() {
    NativeLibraries.require();
    requireLocalDirectory();
    try {
      return SparkSession.builder().config(conf).getOrCreate();
    } catch (Exception | LinkageError e) {
      // Scala declares no checked exceptions: an unknown master or too small a heap may surface as
      // any.
      throw new BadConfigException(DriverHost.explain(e), e);
    }
  }

  /**
   * Checks a directory for temporary files first: if Spark can create none, it ends the process.
   */
  private void requireLocalDirectory() {
    List<String> reasons = new ArrayList<>();
    for (String directory : Utils.getConfiguredLocalDirs(conf)) {
      try {
        LocalFiles.createWritableDirectory(java.nio.file.Path.of(directory));
        return;
      } catch (IOException e) {
        reasons.add(e.getMessage());
      }
    }
    throw new BadConfigException(
        "Spark has no directory for temporary files: "
            + String.join(", ", reasons)
            + "; set spark.local.dir, or SPARK_LOCAL_DIRS in the environment where that is set");
  }

  @Override
  public void close() {
    if (spark != null) {
      spark.stop();
    }
  }
}
