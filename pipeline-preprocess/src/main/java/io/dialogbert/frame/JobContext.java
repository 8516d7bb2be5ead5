package io.dialogbert.frame;

import static org.apache.spark.sql.functions.col;

import io.dialogbert.common.BadConfigException;
import io.dialogbert.common.BadInputException;
import io.dialogbert.common.Seeds;
import io.dialogbert.frame.store.Directories;
import io.dialogbert.frame.store.FileCheck;
import io.dialogbert.frame.store.Manifest;
import io.dialogbert.frame.store.OutputFiles;
import io.dialogbert.frame.store.OutputParts;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a running job uses: Spark, its inputs, a hidden output directory and the counts for the
 * manifest.
 */
public final class JobContext {
  /** Bytes. Checking this much costs less than starting a Spark job. */
  private static final long CHECKED_BY_DRIVER = 64 << 20;

  private static final Logger LOG = LoggerFactory.getLogger(JobContext.class);

  private final JobSession session;
  private final long seed;
  private final Directories directories;
  private final Path output;
  private final JobInputs inputs;
  private final Lineage lineage;
  private final Manifest plan;
  private final Arguments arguments;
  private final PrintStream out;
  private final SortedMap<String, Long> counts = new TreeMap<>();
  private final SortedMap<String, Double> figures = new TreeMap<>();
  private final List<String> summary = new ArrayList<>();
  private final Set<String> written = new HashSet<>();
  private final SortedMap<String, String> otherDirectories = new TreeMap<>();
  private AfterCommit afterCommit = () -> {};

  JobContext(
      JobSession session,
      long seed,
      Directories directories,
      Path output,
      JobInputs inputs,
      Lineage lineage,
      Manifest plan,
      Arguments arguments,
      PrintStream out) {
    this.session = session;
    this.seed = seed;
    this.directories = directories;
    this.output = output;
    this.inputs = inputs;
    this.lineage = lineage;
    this.plan = plan;
    this.arguments = arguments;
    this.out = out;
  }

  /** The Spark session, started on first use. */
  public SparkSession spark() {
    return session.get();
  }

  public JavaSparkContext sparkContext() {
    return JavaSparkContext.fromSparkContext(spark().sparkContext());
  }

  /** The seed of the run; draw from it through {@link Seeds} with the id of a record. */
  public long seed() {
    return seed;
  }

  /** Job, settings and inputs, as the manifest will record them. */
  public Manifest plan() {
    return plan;
  }

  /** Whether the job may resume from what an earlier run left. */
  public boolean resume() {
    return arguments.resume();
  }

  /** Whether the job may replace an earlier run's output. */
  public boolean overwrite() {
    return arguments.overwrite();
  }

  public Directories directories() {
    return directories;
  }

  /**
   * The manifest of an input directory that the job's lineage names.
   *
   * @throws BadInputException if there are several, of days
   */
  public Manifest input(String name) {
    List<InputDirectory> parts = inputs(name);
    if (parts.size() != 1) {
      throw new BadInputException(
          "input " + name + " must be one directory, not " + parts.size() + " days");
    }
    return parts.get(0).manifest();
  }

  /** The directory under a name of the job's lineage, or those of its days in their order. */
  public List<InputDirectory> inputs(String name) {
    return inputs.directories().get(name);
  }

  /** Whether the job's lineage has a directory under a name. */
  public boolean hasInput(String name) {
    return inputs.directories().containsKey(name);
  }

  /** The settings by which an input was made; days are made by the same. */
  public Map<String, String> settings(String name) {
    return inputs(name).get(0).manifest().settings();
  }

  /** The number of rows of an input's table. */
  public long rows(String name, String table) {
    return inputs(name).stream().mapToLong(part -> part.manifest().rows(table)).sum();
  }

  /**
   * The external files under a name of the job's lineage, each once, in path order. Files that
   * appeared after the listing are not included.
   */
  public List<FileStatus> files(String name) {
    return inputs.files(name);
  }

  /** The path of an input directory, or of the one that holds its days. */
  public String inputPath(String name) {
    return lineage.datasets().get(name);
  }

  /**
   * A table of an input directory, or of all its days.
   *
   * @throws BadInputException if it has no file, as that of an empty day
   */
  public Dataset<Row> read(String name, String table) {
    return InputTables.read(spark(), inputs(name), table)
        .orElseThrow(
            () -> new BadInputException("input " + name + " is empty: " + inputPath(name)));
  }

  /**
   * A table of several inputs, each a directory or days.
   *
   * @param schema of the result; its columns are those to read
   */
  public Dataset<Row> read(Collection<String> names, String table, StructType schema) {
    List<InputDirectory> parts = names.stream().flatMap(name -> inputs(name).stream()).toList();
    Column[] columns = Stream.of(schema.fieldNames()).map(name -> col(name)).toArray(Column[]::new);
    return InputTables.read(spark(), parts, table)
        .map(rows -> rows.select(columns))
        .orElseGet(() -> spark().createDataFrame(List.of(), schema));
  }

  /**
   * The output directory. It has a hidden name until the job is done. Null for a job that only
   * prints.
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

  /** Writes a table with additional Parquet options. */
  public void write(
      Dataset<Row> rows, Map<String, String> options, String table, String... partitionColumns) {
    written.add(table);
    write(rows, options, outputPath(table), partitionColumns);
  }

  private static void write(
      Dataset<Row> rows, Map<String, String> options, Path directory, String... partitionColumns) {
    rows.write()
        .option("compression", "zstd")
        .options(options)
        .partitionBy(partitionColumns)
        .parquet(directory.toString());
  }

  /**
   * Writes a table in parts, several at once. If the job is killed, a run with {@code --resume}
   * takes over the parts that are whole, and makes the others.
   *
   * @param rows of a part by its number from 0; asked by several threads
   */
  public void writeParts(String table, int count, IntFunction<Dataset<Row>> rows)
      throws IOException {
    written.add(table);
    OutputParts parts = new OutputParts(directories, output, plan);
    parts.begin();
    SparkContext spark = spark().sparkContext();
    int whole =
        new TableParts(
                parts,
                (part, directory) -> write(rows.apply(part), Map.of(), directory),
                spark::cancelAllJobs)
            .write(count, spark.defaultParallelism());
    parts.install(outputPath(table), count);
    if (whole > 0) {
      addToSummary("  %d of %d parts were left by an earlier run".formatted(whole, count));
    }
  }

  /** Whether the job wrote a table, even an empty one. */
  boolean wrote(String table) {
    return written.contains(table);
  }

  /**
   * Declares a directory that the job writes besides its output.
   *
   * @param setting the setting that names the directory
   * @throws BadConfigException if it overlaps the output or an input
   */
  public void alsoWrites(String setting, String directory) throws IOException {
    List<String> others = new ArrayList<>(lineage.datasets().values());
    others.add(lineage.output());
    for (String other : others) {
      if (directories.overlap(directory, other)) {
        throw new BadConfigException(setting + " = " + directory + " must lie apart from " + other);
      }
    }
    otherDirectories.put(setting, directory);
  }

  Map<String, String> otherDirectories() {
    return otherDirectories;
  }

  /** An action that runs once the output has its final name. */
  @FunctionalInterface
  public interface AfterCommit {
    void run() throws IOException;
  }

  /**
   * Sets the action to run once the output is committed. It never runs if the job fails before
   * that.
   */
  public void afterCommit(AfterCommit action) {
    afterCommit = action;
  }

  void committed() throws IOException {
    afterCommit.run();
  }

  /** Sets a count in the manifest; keys are dotted, such as {@code rejected.not-json}. */
  public void count(String key, long value) {
    counts.put(key, value);
  }

  public long count(String key) {
    return counts.getOrDefault(key, 0L);
  }

  /** Sets a measured value in the manifest. */
  public void figure(String key, double value) {
    figures.put(key, value);
  }

  SortedMap<String, Long> counts() {
    return counts;
  }

  SortedMap<String, Double> figures() {
    return figures;
  }

  /** Adds a line that the job prints when it ends. */
  public void addToSummary(String line) {
    summary.add(line);
  }

  /** Where a job that only prints puts its results while it runs. */
  public PrintStream out() {
    return out;
  }

  /** Logs a line at once as a warning, and prints it again when the job ends. */
  public void warn(String line) {
    LOG.warn(line);
    addToSummary("  note: " + line);
  }

  List<String> summary() {
    return summary;
  }

  /**
   * Checks that the inputs are as they were written, byte for byte.
   *
   * @throws BadInputException naming file and row group if one is not
   */
  void requireIntactInputs() throws IOException {
    for (Map.Entry<String, List<InputDirectory>> input : inputs.directories().entrySet()) {
      if (!lineage.manifestsOnly().contains(input.getKey())) {
        for (InputDirectory part : input.getValue()) {
          requireIntact(input.getKey(), part.path(), part.manifest().files());
        }
      }
    }
  }

  /**
   * Checks that files of a finished directory are as they were written, byte for byte.
   *
   * @param name the directory's name for the error message
   * @throws BadInputException naming file and row group if one is not
   */
  public void requireIntact(String name, String directory, Collection<Manifest.OutputFile> files)
      throws IOException {
    Optional<String> damage = findDamage(session, directory, files);
    if (damage.isPresent()) {
      throw new BadInputException(
          "input "
              + name
              + " is damaged: "
              + damage.get()
              + "; restore the file, or make the directory again with --overwrite");
    }
  }

  /**
   * The first damage found in files of a directory. Runs on the executors if there is much to read
   * and the job uses them.
   */
  static Optional<String> findDamage(
      JobSession session, String directory, Collection<Manifest.OutputFile> files)
      throws IOException {
    List<Manifest.OutputFile> all = List.copyOf(files);
    if (!session.isWanted()
        || all.stream().mapToLong(Manifest.OutputFile::bytes).sum() <= CHECKED_BY_DRIVER) {
      Configuration hadoop = session.hadoop();
      for (Manifest.OutputFile file : all) {
        Optional<String> damage =
            FileCheck.findDamage(hadoop, new Path(directory, file.path()), file.sha256());
        if (damage.isPresent()) {
          return damage;
        }
      }
      return Optional.empty();
    }
    return JavaSparkContext.fromSparkContext(session.get().sparkContext())
        .parallelize(all, Math.min(all.size(), 1000))
        .map(
            file ->
                FileCheck.findDamage(
                        SparkHadoopUtil.get().conf(),
                        new Path(directory, file.path()),
                        file.sha256())
                    .orElse(""))
        .filter(damage -> !damage.isEmpty())
        .collect()
        .stream()
        .findFirst();
  }

  /** Lists and checks the finished output. */
  List<Manifest.OutputFile> describeOutput() throws IOException {
    return describe(output);
  }

  /**
   * Lists and checks the files of a directory. Runs on the executors, since the files may be large,
   * or in the driver if the job did not use Spark. Spark's part files get stable names; markers and
   * side files are deleted.
   */
  public List<Manifest.OutputFile> describe(Path root) throws IOException {
    OutputFiles files = new OutputFiles(directories);
    List<String> paths = files.tidy(root);
    if (paths.isEmpty()) {
      return List.of();
    }
    List<OutputFiles.Described> described =
        session.started()
            ? describeOnExecutors(root.toString(), paths)
            : describeHere(files, root, paths);
    files.installCopies(root, described);
    return described.stream()
        .map(OutputFiles.Described::file)
        .sorted(Comparator.comparing(Manifest.OutputFile::path))
        .toList();
  }

  private List<OutputFiles.Described> describeHere(OutputFiles files, Path root, List<String> paths)
      throws IOException {
    List<OutputFiles.Described> described = new ArrayList<>();
    for (String path : paths) {
      described.add(files.describe(root, path));
    }
    return described;
  }

  private List<OutputFiles.Described> describeOnExecutors(String root, List<String> paths) {
    return sparkContext()
        .parallelize(paths, Math.min(paths.size(), 1000))
        .map(
            path ->
                new OutputFiles(new Directories(SparkHadoopUtil.get().conf()))
                    .describe(new Path(root), path))
        .collect();
  }
}
