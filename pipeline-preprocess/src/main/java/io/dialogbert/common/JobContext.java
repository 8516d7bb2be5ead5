package io.dialogbert.common;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a running job works with: Spark, its inputs, a hidden output directory, and the counts for
 * the manifest.
 */
public final class JobContext {
  private static final Logger LOG = LoggerFactory.getLogger(JobContext.class);

  private final SparkSession spark;
  private final long seed;
  private final Directories directories;
  private final Path output;
  private final Map<String, Manifest> inputs;
  private final Lineage lineage;
  private final Manifest plan;
  private final JobMain.Arguments arguments;
  private final SortedMap<String, Long> counts = new TreeMap<>();
  private final SortedMap<String, Double> figures = new TreeMap<>();
  private final List<String> summary = new ArrayList<>();
  private AfterCommit afterCommit = () -> {};

  JobContext(
      SparkSession spark,
      long seed,
      Directories directories,
      Path output,
      Map<String, Manifest> inputs,
      Lineage lineage,
      Manifest plan,
      JobMain.Arguments arguments) {
    this.spark = spark;
    this.seed = seed;
    this.directories = directories;
    this.output = output;
    this.inputs = inputs;
    this.lineage = lineage;
    this.plan = plan;
    this.arguments = arguments;
  }

  public SparkSession spark() {
    return spark;
  }

  public JavaSparkContext sparkContext() {
    return JavaSparkContext.fromSparkContext(spark.sparkContext());
  }

  /** The seed of the run; draw from it through {@link Seeds} with the id of a record. */
  public long seed() {
    return seed;
  }

  /** Job, settings and inputs, as the manifest will tell them. */
  public Manifest plan() {
    return plan;
  }

  /** Whether the job may take up what an earlier run of it left. */
  public boolean resume() {
    return arguments.resume();
  }

  /** Whether the job may replace what an earlier run of it made. */
  public boolean overwrite() {
    return arguments.overwrite();
  }

  public Directories directories() {
    return directories;
  }

  /** The manifest of an input directory that the job's lineage names. */
  public Manifest input(String name) {
    return inputs.get(name);
  }

  /** The path of a table or file in an input directory. */
  public String inputPath(String name, String table) {
    return new Path(inputPath(name), table).toString();
  }

  /** The path of an input directory. */
  public String inputPath(String name) {
    return lineage.datasets().get(name);
  }

  /** A table of an input directory. */
  public Dataset<Row> read(String name, String table) {
    return spark.read().parquet(inputPath(name, table));
  }

  /**
   * The output directory, which is not visible under its own name before the job is done; null for
   * a job that only prints.
   */
  public Path output() {
    return output;
  }

  /** A path in the output directory. */
  public Path outputPath(String relative) {
    return new Path(output, relative);
  }

  /** Writes a table of the output as zstd Parquet. */
  public void write(Dataset<Row> rows, String table, String... partitionColumns) {
    write(rows, Map.of(), table, partitionColumns);
  }

  /** Writes a table with more of Parquet's options. */
  public void write(
      Dataset<Row> rows, Map<String, String> options, String table, String... partitionColumns) {
    rows.write()
        .option("compression", "zstd")
        .options(options)
        .partitionBy(partitionColumns)
        .parquet(outputPath(table).toString());
  }

  /** Opens a file of the output for writing. */
  public OutputStream create(String relative) throws IOException {
    Path path = outputPath(relative);
    return directories.fileSystem(path).create(path, true);
  }

  /**
   * Makes sure that a directory which the job writes beside its output is neither in the output or
   * an input nor around them.
   *
   * @param setting that names the directory
   * @throws BadConfigException if it is
   */
  public void requireApart(String setting, String directory) throws IOException {
    List<String> others = new ArrayList<>(lineage.datasets().values());
    others.add(lineage.output());
    for (String other : others) {
      if (directories.overlap(directory, other)) {
        throw new BadConfigException(setting + " = " + directory + " must lie apart from " + other);
      }
    }
  }

  /** What is done once the output is there under its own name. */
  @FunctionalInterface
  public interface AfterCommit {
    void run() throws IOException;
  }

  /** Sets what is done once the output is there; never, if it does not come to that. */
  public void afterCommit(AfterCommit action) {
    afterCommit = action;
  }

  void committed() throws IOException {
    afterCommit.run();
  }

  /** Sets a count of the manifest; keys are dotted, such as {@code rejected.not-json}. */
  public void count(String key, long value) {
    counts.put(key, value);
  }

  public long count(String key) {
    return counts.getOrDefault(key, 0L);
  }

  /** Sets a measured value of the manifest. */
  public void figure(String key, double value) {
    figures.put(key, value);
  }

  SortedMap<String, Long> counts() {
    return counts;
  }

  SortedMap<String, Double> figures() {
    return figures;
  }

  /** A line that the job prints when it ends. */
  public void say(String line) {
    summary.add(line);
  }

  /** Tells at once what should be known before the job ends, and once more when it ends. */
  public void note(String line) {
    LOG.warn(line);
    say("  note: " + line);
  }

  List<String> summary() {
    return summary;
  }

  /** Lists and checks the finished output. */
  List<Manifest.OutputFile> describeOutput() throws IOException {
    return describe(output);
  }

  /**
   * Lists and checks the files of a directory, on the executors since they may be large. Spark's
   * part files get stable names; markers and side files are deleted.
   */
  public List<Manifest.OutputFile> describe(Path root) throws IOException {
    List<String> paths = directories.tidy(root);
    if (paths.isEmpty()) {
      return List.of();
    }
    String directory = root.toString();
    List<Directories.Described> described =
        sparkContext()
            .parallelize(paths, Math.min(paths.size(), 1000))
            .map(
                path ->
                    new Directories(SparkHadoopUtil.get().conf())
                        .describe(new Path(directory), path))
            .collect();
    directories.settle(root, described);
    return described.stream()
        .map(Directories.Described::file)
        .sorted(Comparator.comparing(Manifest.OutputFile::path))
        .toList();
  }
}
