package io.dialogbert.train;

import io.dialogbert.common.Seeds;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.nd4j.linalg.dataset.MultiDataSet;
import scala.Tuple2;

/**
 * Parameter averaging (McDonald, Hall and Mann 2010): in each round every worker takes the same
 * state, does a number of steps on examples of its own, and the mean of the workers' states starts
 * the next round. A task that Spark runs again has the same slice of examples and the same seeds,
 * so a round's result does not depend on who died in it.
 *
 * @param <E> an example
 */
public final class AveragingTrainer<E> {
  /** Floats of one piece of a state on its way through the shuffle: 4 MiB. */
  private static final int CHUNK = 1 << 20;

  /** What a round gave. */
  public record Round(TrainerState state, Map<String, Double> losses, long examples) {}

  /** One piece of one worker's state, or (chunk -1) its mean losses. */
  private record Piece(int worker, float[] values, Map<String, Double> losses)
      implements Serializable {}

  private final JavaSparkContext spark;
  private final TrainingTask<E> task;
  private final List<ExampleReader.Part> parts;
  private final TrainingConfig config;
  private final long seed;

  public AveragingTrainer(
      JavaSparkContext spark,
      TrainingTask<E> task,
      List<ExampleReader.Part> parts,
      TrainingConfig config,
      long seed) {
    this.spark = spark;
    this.task = task;
    this.parts = List.copyOf(parts);
    this.config = config;
    this.seed = seed;
  }

  /**
   * Trains to the configured number of steps.
   *
   * @param afterRound is given the step and what the round gave
   */
  public TrainerState train(TrainerState start, BiConsumer<Long, Round> afterRound) {
    TrainerState state = start;
    while (state.step() < config.numSteps()) {
      int steps = (int) Math.min(config.averagingFrequency(), config.numSteps() - state.step());
      Round round = round(state, steps);
      state = round.state();
      afterRound.accept(state.step(), round);
    }
    return state;
  }

  private Round round(TrainerState state, int steps) {
    int workers = config.numWorkers();
    Broadcast<TrainerState> broadcast = spark.broadcast(state);
    try {
      Worker<E> worker =
          new Worker<>(
              task, parts, seed, broadcast, config.batchSize(), workers, steps, threads(workers));
      List<Tuple2<Integer, Piece>> sums =
          spark
              .parallelize(IntStream.range(0, workers).boxed().toList(), workers)
              .flatMapToPair(worker::train)
              .groupByKey(Math.min(workers, numChunks(state) + 1))
              .mapValues(AveragingTrainer::mean)
              .collect();
      return assemble(state, steps, sums);
    } finally {
      broadcast.destroy();
    }
  }

  private static int numChunks(TrainerState state) {
    return (state.params().length / CHUNK + 1) * 3;
  }

  /**
   * Cores for each worker: Spark's task cpus on a cluster; in one JVM, an equal share of the
   * machine.
   */
  private int threads(int workers) {
    boolean local = spark.sc().isLocal();
    int cores = Runtime.getRuntime().availableProcessors();
    return local ? Math.max(1, cores / workers) : spark.sc().conf().getInt("spark.task.cpus", 1);
  }

  private Round assemble(TrainerState before, int steps, List<Tuple2<Integer, Piece>> sums) {
    List<Tuple2<Integer, Piece>> ordered = new ArrayList<>(sums);
    ordered.sort(java.util.Comparator.comparing(Tuple2::_1));
    Map<String, Double> losses = ordered.get(0)._2().losses();
    int length = ordered.stream().mapToInt(piece -> piece._2().values().length).sum();
    float[] params = new float[before.params().length];
    float[] updater = new float[length - params.length];
    int offset = 0;
    for (Tuple2<Integer, Piece> piece : ordered) {
      for (float value : piece._2().values()) {
        if (offset < params.length) {
          params[offset] = value;
        } else {
          updater[offset - params.length] = value;
        }
        offset++;
      }
    }
    TrainerState after = new TrainerState(params, updater, before.step() + steps);
    return new Round(after, losses, (long) steps * config.numWorkers() * config.batchSize());
  }

  /**
   * The mean over the workers, added in their order: float sums must not depend on who finished
   * first.
   */
  private static Piece mean(Iterable<Piece> pieces) {
    List<Piece> ordered =
        StreamSupport.stream(pieces.spliterator(), false)
            .sorted(java.util.Comparator.comparingInt(Piece::worker))
            .toList();
    float[] sum = new float[ordered.get(0).values().length];
    Map<String, Double> losses = new TreeMap<>();
    for (Piece piece : ordered) {
      for (int i = 0; i < sum.length; i++) {
        sum[i] += piece.values()[i];
      }
      piece
          .losses()
          .forEach((name, loss) -> losses.merge(name, loss / ordered.size(), Double::sum));
    }
    for (int i = 0; i < sum.length; i++) {
      sum[i] /= ordered.size();
    }
    return new Piece(0, sum, losses);
  }

  /** What crosses the wire to train one worker's share of a round. */
  private record Worker<E>(
      TrainingTask<E> task,
      List<ExampleReader.Part> parts,
      long seed,
      Broadcast<TrainerState> state,
      int batchSize,
      int workers,
      int steps,
      int threads)
      implements Serializable {

    /** Trains worker {@code index}; its batches lie interleaved with those of the others. */
    Iterator<Tuple2<Integer, Piece>> train(int index) throws Exception {
      Configuration hadoop = SparkHadoopUtil.get().conf();
      ExampleReader<E> reader =
          ExampleReader.shared(hadoop, parts, task, task.getClass().getName(), seed);
      try (Dl4jTrainer trainer =
              Dl4jTrainer.borrow(task, threads, Seeds.hash(seed, "dropout", index));
          Prefetched<MultiDataSet> batches =
              new Prefetched<>(steps, step -> batch(reader, step, index))) {
        trainer.load(state.value());
        Map<String, Double> losses = new TreeMap<>();
        for (int step = 0; step < steps; step++) {
          trainer
              .step(batches.next())
              .forEach((name, loss) -> losses.merge(name, loss / steps, Double::sum));
          if (TaskContext.get() != null && TaskContext.get().isInterrupted()) {
            throw new InterruptedException("Spark stopped this worker");
          }
        }
        return pieces(index, trainer.state(), losses);
      }
    }

    private MultiDataSet batch(ExampleReader<E> reader, int step, int index) throws IOException {
      long position = ((state.value().step() + step) * workers + index) * batchSize;
      return task.batch(reader.read(position, batchSize), reader.epoch(position));
    }

    private static Iterator<Tuple2<Integer, Piece>> pieces(
        int worker, TrainerState state, Map<String, Double> losses) {
      List<Tuple2<Integer, Piece>> pieces = new ArrayList<>();
      pieces.add(new Tuple2<>(-1, new Piece(worker, new float[0], losses)));
      for (float[] part : List.of(state.params(), state.updater())) {
        for (int from = 0; from < part.length; from += CHUNK) {
          float[] values = Arrays.copyOfRange(part, from, Math.min(part.length, from + CHUNK));
          pieces.add(new Tuple2<>(pieces.size(), new Piece(worker, values, Map.of())));
        }
      }
      return pieces.iterator();
    }
  }
}
