package io.dialogbert.bench;

import io.dialogbert.common.BadConfigException;
import io.dialogbert.common.BadInputException;
import io.dialogbert.example.PretrainExample;
import io.dialogbert.frame.store.Directories;
import io.dialogbert.frame.store.Manifest;
import io.dialogbert.job.table.Tokenizers;
import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.model.head.Losses;
import io.dialogbert.model.kernel.Threads;
import io.dialogbert.text.SerializedTokenizer;
import io.dialogbert.train.AveragingConfig;
import io.dialogbert.train.AveragingTrainer;
import io.dialogbert.train.ExampleReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * Held-out loss by averaging frequency, number of workers and outer optimizer, after the same total
 * number of examples. A worker's batch and its peak learning rate are the same everywhere, so more
 * workers take fewer steps each. A single worker has nothing to average with: its loss is the same
 * at every frequency.
 *
 * <p>Trains on the output of build-examples that the environment variable DIALOGBERT_EXAMPLES
 * names; its tokenizer must still be there. Writes the chart, work/averaging-curve.svg.
 */
final class AveragingCurve {
  private static final int LAYERS = 2;
  private static final int HIDDEN_SIZE = 128;
  private static final int BATCH = 8;
  private static final int EXAMPLES = 16_384;
  private static final int HELD_OUT = 2_048;
  private static final int HELD_OUT_BATCH = 64;
  private static final double LEARNING_RATE = 1e-3;
  private static final List<Integer> WORKERS = List.of(2, 4);
  private static final List<Integer> FREQUENCIES = List.of(256, 64, 16, 4, 1);
  private static final int SEEDS = 3;

  /** How the workers' states are averaged. */
  private enum Outer {
    PLAIN("plain"),
    /** With the values of Douillard et al. 2023, where each worker also keeps its own moments. */
    NESTEROV("Nesterov");

    final String label;

    Outer(String label) {
      this.label = label;
    }

    AveragingConfig config(int workers, int frequency) {
      return this == PLAIN
          ? AveragingConfig.plain(workers, frequency)
          : new AveragingConfig(workers, frequency, false, false, 0.7, 0.9);
    }
  }

  private record Cell(int workers, int frequency, Outer outer, long seed) {
    String series() {
      return workers == 1 ? "1 worker" : workers + " workers, " + outer.label;
    }

    @Override
    public String toString() {
      return workers == 1 ? series() : series() + ", every " + frequency + " steps";
    }
  }

  /**
   * Result of a run.
   *
   * @param loss loss of the held-out masks, in nats
   * @param bytes bytes moved in all rounds
   * @param seconds time of all rounds
   */
  private record Result(double loss, double bytes, double seconds) {}

  private final JavaSparkContext spark;
  private final BenchDirectory directory;
  private final SerializedTokenizer tokenizer;
  private final List<ExampleReader.Part> training;
  private final List<ExampleReader.Part> validation;
  private final Map<Cell, Result> results = new LinkedHashMap<>();

  private AveragingCurve(SparkSession session, BenchDirectory directory, String examples)
      throws IOException {
    this.spark = JavaSparkContext.fromSparkContext(session.sparkContext());
    this.directory = directory;
    Directories directories = new Directories(spark.hadoopConfiguration());
    Manifest manifest = directories.finished("DIALOGBERT_EXAMPLES", examples);
    String path =
        manifest.inputs().stream()
            .filter(input -> input.name().equals("tokenizer"))
            .map(Manifest.Input::path)
            .findFirst()
            .orElseThrow(() -> new BadInputException("not written by build-examples: " + examples));
    this.tokenizer = Tokenizers.load(directories, path);
    Tokenizers.requireIdsOf(directories, examples, tokenizer);
    this.training = ExampleReader.parts(examples, manifest, "data/split=train");
    this.validation = ExampleReader.parts(examples, manifest, "data/split=validation");
  }

  public static void main(String[] args) throws IOException {
    int status;
    try (BenchDirectory directory = new BenchDirectory();
        SparkSession session =
            SparkSession.builder()
                .master("local[" + Collections.max(WORKERS) + "]")
                .config("spark.ui.enabled", "false")
                .getOrCreate()) {
      String examples = System.getenv("DIALOGBERT_EXAMPLES");
      if (examples == null) {
        throw new BadConfigException("DIALOGBERT_EXAMPLES must name what build-examples wrote");
      }
      AveragingCurve curve = new AveragingCurve(session, directory, examples);
      curve.trainAll();
      System.out.println(curve.table());
      Path chart = Path.of(System.getProperty("bench.root"), "work", "averaging-curve.svg");
      Files.createDirectories(chart.getParent());
      Files.writeString(chart, curve.chart().toSvg());
      status = curve.report().print();
    }
    System.exit(status);
  }

  private void trainAll() throws IOException {
    train(new Cell(1, FREQUENCIES.get(0), Outer.PLAIN, 1));
    for (int frequency : FREQUENCIES) {
      for (int workers : WORKERS) {
        for (Outer outer : Outer.values()) {
          train(new Cell(workers, frequency, outer, 1));
        }
      }
    }
    for (long seed = 2; seed <= SEEDS; seed++) {
      for (Cell cell : repeated(seed)) {
        train(cell);
      }
    }
  }

  /** The cells that are trained from several seeds, to show the variance. */
  private static List<Cell> repeated(long seed) {
    return List.of(
        new Cell(1, FREQUENCIES.get(0), Outer.PLAIN, seed),
        new Cell(4, 16, Outer.PLAIN, seed),
        new Cell(4, 64, Outer.PLAIN, seed),
        new Cell(4, 64, Outer.NESTEROV, seed));
  }

  private void train(Cell cell) throws IOException {
    int steps = EXAMPLES / BATCH / cell.workers();
    Path states = directory.file("run-" + results.size());
    AveragingRun run =
        new AveragingRun(
            spark,
            BenchCase.encoder(LAYERS, HIDDEN_SIZE, tokenizer.tokenizer().vocabulary().size()),
            tokenizer,
            training,
            AveragingRun.config(
                BATCH, cell.outer().config(cell.workers(), cell.frequency()), LEARNING_RATE, steps),
            cell.seed(),
            states);
    long start = System.nanoTime();
    List<AveragingTrainer.Round> rounds = run.rounds(Integer.MAX_VALUE);
    double seconds = (System.nanoTime() - start) / 1e9;
    Result result =
        new Result(
            score(run),
            rounds.stream().mapToDouble(AveragingTrainer.Round::bytesMoved).sum(),
            seconds);
    BenchDirectory.delete(states);
    results.put(cell, result);
    System.err.println(cell + ", seed " + cell.seed() + ": " + result);
  }

  private double score(AveragingRun run) throws IOException {
    Threads.use(Runtime.getRuntime().availableProcessors());
    ExampleReader<PretrainExample> reader =
        new ExampleReader<>(spark.hadoopConfiguration(), validation, run.task(), 1);
    var graph = run.load();
    Losses score = Losses.ZERO;
    for (int from = 0; from < HELD_OUT; from += HELD_OUT_BATCH) {
      List<PretrainExample> examples = reader.read(from, HELD_OUT_BATCH);
      score = score.plus(Graphs.score(graph, run.task().batch(examples, place -> 0)));
    }
    return score.mean("mlm_loss");
  }

  /** Results of the first seed by series, in order of frequency. */
  private Map<String, List<Result>> series() {
    Map<String, List<Result>> series = new LinkedHashMap<>();
    results.forEach(
        (cell, result) -> {
          if (cell.seed() == 1) {
            series.computeIfAbsent(cell.series(), name -> new ArrayList<>()).add(0, result);
          }
        });
    return series;
  }

  private static List<Integer> ascending() {
    return FREQUENCIES.stream().sorted().toList();
  }

  private LineChart chart() {
    LineChart chart =
        new LineChart("local steps between two averages", "held-out masked-LM loss", ascending());
    series()
        .forEach(
            (name, values) -> {
              List<Double> losses = values.stream().map(Result::loss).toList();
              chart.add(
                  name,
                  losses.size() > 1
                      ? losses
                      : Collections.nCopies(FREQUENCIES.size(), losses.get(0)));
            });
    return chart;
  }

  /** A Markdown table: loss; gigabytes moved; seconds. */
  private String table() {
    StringBuilder table = new StringBuilder();
    table.append(
        ascending().stream().map(f -> f + " |").collect(Collectors.joining(" ", "| | ", "\n")));
    table.append("|---|").append("---|".repeat(FREQUENCIES.size())).append('\n');
    series()
        .forEach(
            (name, values) ->
                table.append(
                    values.stream()
                        .map(AveragingCurve::cell)
                        .collect(Collectors.joining(" | ", "| " + name + " | ", " |\n"))));
    return table.toString();
  }

  private static String cell(Result result) {
    return String.format(
        Locale.ROOT, "%.3f; %.1f; %.0f", result.loss(), result.bytes() / 1e9, result.seconds());
  }

  private BenchReport report() {
    BenchReport report = new BenchReport("averaging-curve");
    results.forEach(
        (cell, result) -> {
          if (cell.seed() == 1) {
            report.add(cell + ", held-out loss", result.loss(), "nats");
          }
        });
    for (Cell cell : repeated(1)) {
      List<Double> losses =
          results.entrySet().stream()
              .filter(entry -> entry.getKey().toString().equals(cell.toString()))
              .map(entry -> entry.getValue().loss())
              .toList();
      report.add(
          cell + ", most less least of " + SEEDS + " seeds",
          Collections.max(losses) - Collections.min(losses),
          "nats");
    }
    return report;
  }
}
