package io.dialogbert.train;

import io.dialogbert.model.head.Losses;
import io.dialogbert.train.engine.Trainer;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.deploy.SparkHadoopUtil;

/**
 * Scores networks on held-out examples in Spark tasks. Each task loads the network and reads its
 * share of the examples. The examples are the same each time.
 *
 * @param <E> an example
 * @param <B> a batch
 */
public final class HeldOutScoring<E, B> {
  /** Examples in a batch. */
  static final int BATCH = 64;

  private static final long TASK_BATCHES = 16;

  /**
   * What is computed from a batch.
   *
   * @param <R> result for a batch or an example
   */
  @FunctionalInterface
  public interface Scorer<E, B, R> extends Serializable {
    List<R> score(Trainer<B> network, List<E> examples);
  }

  /** Which examples are scored together, by their places in the order of the seed. */
  private interface Batches extends Serializable {
    long count();

    <E> List<E> read(ExampleReader<E> examples, long batch) throws IOException;

    /** Number of tasks for a job that does not train. */
    long numTasks();
  }

  /** The first examples, {@value #BATCH} at a time. */
  private record Consecutive(long numExamples) implements Batches {
    @Override
    public long count() {
      return (numExamples - 1) / BATCH + 1;
    }

    @Override
    public <E> List<E> read(ExampleReader<E> examples, long batch) throws IOException {
      long from = batch * BATCH;
      return examples.read(from, (int) Math.min(BATCH, numExamples - from));
    }

    @Override
    public long numTasks() {
      return (numExamples - 1) / (TASK_BATCHES * BATCH) + 1;
    }
  }

  private record Listed(List<List<Long>> places) implements Batches {
    @Override
    public long count() {
      return places.size();
    }

    @Override
    public <E> List<E> read(ExampleReader<E> examples, long batch) throws IOException {
      List<E> read = new ArrayList<>();
      for (long place : places.get((int) batch)) {
        read.addAll(examples.read(place, 1));
      }
      return read;
    }

    @Override
    public long numTasks() {
      return Math.max(1, count());
    }
  }

  private final JavaSparkContext spark;
  private final TrainingTask<E, B> task;
  private final List<ExampleReader.Part> parts;
  private final long seed;
  private final Batches batches;
  private final String reader = UUID.randomUUID().toString();

  /**
   * Scores the first examples of a split, in an order that depends on the seed.
   *
   * @param parts the split's files
   * @param maxExamples maximum number of examples to score
   */
  public HeldOutScoring(
      JavaSparkContext spark,
      TrainingTask<E, B> task,
      List<ExampleReader.Part> parts,
      long seed,
      int maxExamples) {
    this(
        spark,
        task,
        parts,
        seed,
        new Consecutive(
            Math.min(maxExamples, parts.stream().mapToLong(ExampleReader.Part::rows).sum())));
  }

  /**
   * Scores given batches of a split.
   *
   * @param parts the split's files
   * @param seed gives the order of the examples
   * @param batches for each the places of its examples in that order, from 0
   */
  public HeldOutScoring(
      JavaSparkContext spark,
      TrainingTask<E, B> task,
      List<ExampleReader.Part> parts,
      long seed,
      List<List<Long>> batches) {
    this(spark, task, parts, seed, new Listed(batches));
  }

  private HeldOutScoring(
      JavaSparkContext spark,
      TrainingTask<E, B> task,
      List<ExampleReader.Part> parts,
      long seed,
      Batches batches) {
    this.spark = spark;
    this.task = task;
    this.parts = List.copyOf(parts);
    this.seed = seed;
    this.batches = batches;
  }

  /**
   * The scores of consecutive batches, in order. If they are summed in this order, the sum does not
   * depend on the number of tasks, as long as each task uses the same number of threads.
   *
   * @param numTasks number of tasks; each has a network in memory
   */
  public Losses score(NetworkSource<B> network, int numTasks) {
    return score(network, numTasks, Slots.threads(spark, numTasks));
  }

  Losses score(NetworkSource<B> network, int numTasks, int threads) {
    TrainingTask<E, B> ofScores = task;
    return map(
            network,
            numTasks,
            threads,
            (trainer, examples) -> List.of(trainer.score(ofScores.batch(examples, place -> 0))))
        .stream()
        .reduce(Losses.ZERO, Losses::plus);
  }

  /**
   * What a scorer computes for consecutive batches, in order.
   *
   * @param numTasks number of tasks; each has a network in memory
   */
  public <R> List<R> map(NetworkSource<B> network, int numTasks, Scorer<E, B, R> scorer) {
    return map(network, numTasks, Slots.threads(spark, numTasks), scorer);
  }

  private <R> List<R> map(
      NetworkSource<B> network, int numTasks, int threads, Scorer<E, B, R> scorer) {
    Share<E, B, R> share =
        new Share<>(network, task, scorer, reader, parts, seed, batches, numTasks, threads);
    return spark
        .parallelize(IntStream.range(0, numTasks).boxed().toList(), numTasks)
        .flatMap(index -> share.score(index).iterator())
        .collect();
  }

  /**
   * The same for a job that does not train. Uses tasks of at most 1,024 consecutive examples or one
   * given batch, each of which loads the network. In one JVM, a single task uses all cores.
   */
  public Losses score(NetworkSource<B> network) {
    return score(network, numTasks());
  }

  /** {@link #map(NetworkSource, int, Scorer)} for a job that does not train. */
  public <R> List<R> map(NetworkSource<B> network, Scorer<E, B, R> scorer) {
    return map(network, numTasks(), scorer);
  }

  private int numTasks() {
    return spark.sc().isLocal() ? 1 : Math.toIntExact(batches.numTasks());
  }

  /** What is sent to the tasks; each scores a range of consecutive batches. */
  private record Share<E, B, R>(
      NetworkSource<B> network,
      TrainingTask<E, B> task,
      Scorer<E, B, R> scorer,
      String reader,
      List<ExampleReader.Part> parts,
      long seed,
      Batches batches,
      int numTasks,
      int threads)
      implements Serializable {

    List<R> score(int index) throws IOException {
      long first = batches.count() * index / numTasks;
      long end = batches.count() * (index + 1) / numTasks;
      List<R> scores = new ArrayList<>();
      if (first == end) {
        return scores;
      }
      TaskGpu.use();
      ExampleReader<E> examples =
          ExampleReader.shared(SparkHadoopUtil.get().conf(), parts, task, reader, seed);
      try (Trainer<B> trainer = network.open(threads)) {
        for (long batch = first; batch < end; batch++) {
          scores.addAll(scorer.score(trainer, batches.read(examples, batch)));
        }
      }
      return scores;
    }
  }
}
