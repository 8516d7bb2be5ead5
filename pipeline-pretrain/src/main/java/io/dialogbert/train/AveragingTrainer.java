package io.dialogbert.train;

import io.dialogbert.train.engine.NetworkState;
import io.dialogbert.train.run.PieceFiles;
import io.dialogbert.train.run.PieceFiles.Format;
import io.dialogbert.train.run.Position;
import io.dialogbert.train.run.RunDirectory;
import io.dialogbert.train.run.VectorPiece;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Parameter averaging (McDonald, Hall and Mann 2010). In each round, every worker starts from the
 * same state and does a number of steps on its own examples. The next round starts from the mean of
 * the workers' parameters, or from the outer optimizer's step towards it (Douillard et al. 2023,
 * algorithm 1). A task that Spark reruns gets the same examples and the same seeds, so a round's
 * result does not depend on which tasks failed.
 *
 * <p>Tasks exchange states through files on a file system that all of them see, never through the
 * driver. So a run can be resumed by another driver, and a task rerun by another executor.
 *
 * @param <B> a batch
 */
public final class AveragingTrainer<B> {
  private static final Logger LOG = LoggerFactory.getLogger(AveragingTrainer.class);

  /**
   * Result of a round.
   *
   * @param end the run's position after it
   * @param losses by name, means over those of the round's steps that have them
   * @param gradientNorm L2 norm of the gradient over all parameters, before clipping: the mean over
   *     the round's steps and workers
   * @param examples number of examples trained on
   * @param trainSeconds training time of the slowest worker, waiting for batches included
   * @param loaderSeconds time that the worker with the longest wait waited for batches
   * @param bytesMoved bytes written to and read from the shared file system
   */
  public record Round(
      Position end,
      Map<String, Double> losses,
      double gradientNorm,
      long examples,
      double trainSeconds,
      double loaderSeconds,
      long bytesMoved) {}

  /** Called after each round, once its state is committed. */
  @FunctionalInterface
  public interface Listener {
    /**
     * Handles a round.
     *
     * @return whether to continue training
     */
    boolean afterRound(Round round) throws IOException;
  }

  private final JavaSparkContext spark;
  private final BatchSource<B> task;
  private final List<ExampleReader.Part> parts;
  private final TrainingConfig config;
  private final long seed;
  private final RunDirectory run;
  private final Configuration hadoop;
  private final String reader = UUID.randomUUID().toString();

  public AveragingTrainer(
      JavaSparkContext spark,
      BatchSource<B> task,
      List<ExampleReader.Part> parts,
      TrainingConfig config,
      long seed,
      RunDirectory run) {
    this.spark = spark;
    this.task = task;
    this.parts = List.copyOf(parts);
    this.config = config;
    this.seed = seed;
    this.run = run;
    this.hadoop = spark.hadoopConfiguration();
  }

  /** Claims the run and writes its initial state: the network's parameters, no moments. */
  public Position start(NetworkState network) throws IOException {
    run.claim();
    List<VectorPiece> pieces = new ArrayList<>();
    PieceFiles files = new PieceFiles(hadoop, run.root());
    long length = network.params().length();
    for (long from = 0; from < length; from += Averaging.PIECE) {
      String file = RunDirectory.state(0) + "/" + Averaging.fileName(Position.PARAMS, from);
      pieces.add(
          files.write(
              file,
              from,
              Math.min(Averaging.PIECE, length - from),
              Format.FLOAT32,
              network.params()::read));
    }
    Position start =
        new Position(
            0, 0, 0, 0, 0, config.averaging().numWorkers(), 0, Map.of(Position.PARAMS, pieces));
    run.commit(start);
    return start;
  }

  /** The network of a state, for tasks that score it. */
  NetworkSource<B> network(Position position) {
    return new StateNetwork<>(task.engine(), run.root(), position);
  }

  /** Loads a state into a network. */
  public void load(Position position, NetworkState network) throws IOException {
    Worker.load(new PieceFiles(hadoop, run.root()), position, 0, network);
  }

  /**
   * Trains to the configured number of steps, or until the listener stops it.
   *
   * @throws UnstableTrainingException if too many rounds were discarded
   */
  public Position train(Position start, Listener listener) throws IOException {
    Position at = start;
    boolean goOn = true;
    while (goOn && at.step() < config.numSteps()) {
      int steps = (int) Math.min(config.averaging().frequency(), config.numSteps() - at.step());
      List<Worker.Result> results = work(at, steps);
      long examples = (long) steps * config.averaging().numWorkers() * config.batchSize();
      LossGuard guard = new LossGuard(config.lossSpikeFactor(), at.smoothedLoss());
      Map<String, Double> losses = losses(results);
      double loss = mean(results, Worker.Result::loss);
      if (!guard.accepts(loss)) {
        run.discard(at.step() + steps);
        at = at.skip(examples);
        LOG.warn(
            "discarded the round after step {}: loss {}, smoothed loss {}; skipped its {} examples",
            at.step(),
            loss,
            at.smoothedLoss(),
            examples);
        if (at.skippedRounds() > config.maxSkippedRounds()) {
          throw new UnstableTrainingException(at);
        }
        continue;
      }
      Position end = average(at, steps, examples, guard.smoothed(loss), results);
      run.commit(end);
      at = end;
      goOn =
          listener.afterRound(
              new Round(
                  end,
                  losses,
                  mean(results, Worker.Result::gradientNorm),
                  examples,
                  max(results, Worker.Result::trainSeconds),
                  max(results, Worker.Result::loaderSeconds),
                  bytesMoved(at, results)));
    }
    return at;
  }

  private static double mean(List<Worker.Result> results, ToDoubleFunction<Worker.Result> value) {
    return results.stream().mapToDouble(value).sum() / results.size();
  }

  private static double max(List<Worker.Result> results, ToDoubleFunction<Worker.Result> seconds) {
    return results.stream().mapToDouble(seconds).max().orElse(0);
  }

  /**
   * Bytes that a round writes and reads. Workers read parameters and moments, and write theirs. The
   * average reads what is averaged and writes the new state; it also reads the old state where it
   * adds changes to it.
   */
  private long bytesMoved(Position end, List<Worker.Result> results) {
    AveragingConfig averaging = config.averaging();
    long params = floats(end.pieces(Position.PARAMS));
    long shared = params + floats(end.pieces(Position.UPDATER));
    long outer = floats(end.pieces(Position.OUTER));
    long own = results.stream().mapToLong(result -> floats(result.own().values())).sum();
    long floats = results.size() * shared + own + shared + outer;
    if (averaging.compressChanges() || averaging.hasOuterOptimizer()) {
      floats += params + outer;
    }
    long written = results.stream().mapToLong(Worker.Result::bytesWritten).sum();
    return 2 * written + (floats - own) * Float.BYTES;
  }

  private static long floats(Collection<VectorPiece> pieces) {
    return pieces.stream().mapToLong(VectorPiece::length).sum();
  }

  private List<Worker.Result> work(Position start, int steps) {
    int workers = config.averaging().numWorkers();
    Worker<B> worker =
        new Worker<>(
            task,
            reader,
            parts,
            config,
            seed,
            run.root(),
            start,
            steps,
            Slots.threads(spark, workers));
    List<Worker.Result> results =
        new ArrayList<>(
            spark
                .parallelize(IntStream.range(0, workers).boxed().toList(), workers)
                .map(worker::train)
                .collect());
    results.sort(Comparator.comparingInt(Worker.Result::worker));
    return results;
  }

  /** Means over the workers that have a loss. */
  private static Map<String, Double> losses(List<Worker.Result> results) {
    return results.stream()
        .flatMap(result -> result.losses().entrySet().stream())
        .collect(
            Collectors.groupingBy(
                Map.Entry::getKey, TreeMap::new, Collectors.averagingDouble(Map.Entry::getValue)));
  }

  private Position average(
      Position start, int steps, long examples, double smoothedLoss, List<Worker.Result> results) {
    long step = start.step() + steps;
    Averaging averaging = new Averaging(config, run.root(), start, step, results);
    List<Averaging.Task> tasks = averaging.tasks();
    Map<String, List<VectorPiece>> vectors = new TreeMap<>();
    spark
        .parallelize(tasks, tasks.size())
        .map(averaging::average)
        .collect()
        .forEach(
            pieces ->
                pieces.forEach(
                    (vector, piece) ->
                        vectors.computeIfAbsent(vector, name -> new ArrayList<>()).add(piece)));
    for (Worker.Result result : results) {
      result.own().forEach((vector, piece) -> vectors.put(vector, List.of(piece)));
    }
    vectors.replaceAll(
        (vector, pieces) ->
            pieces.stream().sorted(Comparator.comparingLong(VectorPiece::from)).toList());
    return new Position(
        step,
        start.cursor() + examples,
        start.examplesSeen() + examples,
        start.rounds() + 1,
        start.skippedRounds(),
        config.averaging().numWorkers(),
        smoothedLoss,
        vectors);
  }
}
