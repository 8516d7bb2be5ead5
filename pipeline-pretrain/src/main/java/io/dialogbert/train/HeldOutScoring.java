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

  private final JavaSparkContext spark;
  private final TrainingTask<E, B> task;
  private final List<ExampleReader.Part> parts;
  private final long seed;
  private final long numExamples;
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
    this.spark = spark;
    this.task = task;
    this.parts = List.copyOf(parts);
    this.seed = seed;
    this.numExamples =
        Math.min(maxExamples, parts.stream().mapToLong(ExampleReader.Part::rows).sum());
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
    TrainingTask<E, B> batches = task;
    return map(
            network,
            numTasks,
            threads,
            (trainer, examples) -> List.of(trainer.score(batches.batch(examples, place -> 0))))
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
        new Share<>(network, task, scorer, reader, parts, seed, numExamples, numTasks, threads);
    return spark
        .parallelize(IntStream.range(0, numTasks).boxed().toList(), numTasks)
        .flatMap(index -> share.score(index).iterator())
        .collect();
  }

  /**
   * The same for a job that does not train. Uses tasks of at most 1,024 examples, each of which
   * loads the network. In one JVM, a single task uses all cores.
   */
  public Losses score(NetworkSource<B> network) {
    return score(network, numTasks());
  }

  /** {@link #map(NetworkSource, int, Scorer)} for a job that does not train. */
  public <R> List<R> map(NetworkSource<B> network, Scorer<E, B, R> scorer) {
    return map(network, numTasks(), scorer);
  }

  private int numTasks() {
    long tasks = (numExamples - 1) / (TASK_BATCHES * BATCH) + 1;
    return spark.sc().isLocal() ? 1 : Math.toIntExact(tasks);
  }

  /** What is sent to the tasks; each scores a range of consecutive batches. */
  private record Share<E, B, R>(
      NetworkSource<B> network,
      TrainingTask<E, B> task,
      Scorer<E, B, R> scorer,
      String reader,
      List<ExampleReader.Part> parts,
      long seed,
      long numExamples,
      int numTasks,
      int threads)
      implements Serializable {

    List<R> score(int index) throws IOException {
      long batches = (numExamples - 1) / BATCH + 1;
      long first = batches * index / numTasks;
      long end = batches * (index + 1) / numTasks;
      List<R> scores = new ArrayList<>();
      if (first == end) {
        return scores;
      }
      TaskGpu.use();
      ExampleReader<E> examples =
          ExampleReader.shared(SparkHadoopUtil.get().conf(), parts, task, reader, seed);
      try (Trainer<B> trainer = network.open(threads)) {
        for (long batch = first; batch < end; batch++) {
          long from = batch * BATCH;
          int count = (int) Math.min(BATCH, numExamples - from);
          scores.addAll(scorer.score(trainer, examples.read(from, count)));
        }
      }
      return scores;
    }
  }
}
