package io.dialogbert.train;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.deeplearning4j.nn.graph.ComputationGraph;

/**
 * Scores networks on held-out examples in Spark tasks. Each task loads the network and reads its
 * share of the examples. The examples are the same each time.
 *
 * @param <E> an example
 * @param <S> the score of some examples
 */
public final class HeldOutScoring<E, S> {
  /** Examples in a batch. */
  static final int BATCH = 64;

  private static final long TASK_BATCHES = 16;

  /** Scores a batch. Sent to Spark tasks. */
  @FunctionalInterface
  public interface Scorer<E, S> extends Serializable {
    /** The score of the examples, without dropout. */
    S score(ComputationGraph graph, List<E> examples);
  }

  private final JavaSparkContext spark;
  private final TrainingTask<E> task;
  private final List<ExampleReader.Part> parts;
  private final long seed;
  private final long numExamples;
  private final Scorer<E, S> scorer;
  private final String reader = UUID.randomUUID().toString();

  /**
   * Scores the first examples of a split, in an order that depends on the seed.
   *
   * @param parts the split's files
   * @param maxExamples maximum number of examples to score
   */
  public HeldOutScoring(
      JavaSparkContext spark,
      TrainingTask<E> task,
      List<ExampleReader.Part> parts,
      long seed,
      int maxExamples,
      Scorer<E, S> scorer) {
    this.spark = spark;
    this.task = task;
    this.parts = List.copyOf(parts);
    this.seed = seed;
    this.numExamples =
        Math.min(maxExamples, parts.stream().mapToLong(ExampleReader.Part::rows).sum());
    this.scorer = scorer;
  }

  /**
   * The scores of consecutive batches, in order. If they are summed in this order, the sum does not
   * depend on the number of tasks, as long as each task uses the same number of threads.
   *
   * @param numTasks number of tasks; each has a network in memory
   */
  public List<S> score(NetworkSource network, int numTasks) {
    return score(network, numTasks, Slots.threads(spark, numTasks));
  }

  List<S> score(NetworkSource network, int numTasks, int threads) {
    Share<E, S> share =
        new Share<>(network, task, reader, parts, seed, numExamples, scorer, numTasks, threads);
    return spark
        .parallelize(IntStream.range(0, numTasks).boxed().toList(), numTasks)
        .flatMap(index -> share.score(index).iterator())
        .collect();
  }

  /**
   * The same for a job that does not train. Uses tasks of at most 1,024 examples, each of which
   * loads the network. In one JVM, a single task uses all cores.
   */
  public List<S> score(NetworkSource network) {
    long tasks = (numExamples - 1) / (TASK_BATCHES * BATCH) + 1;
    return score(network, spark.sc().isLocal() ? 1 : Math.toIntExact(tasks));
  }

  /** What is sent to the tasks; each scores a range of consecutive batches. */
  private record Share<E, S>(
      NetworkSource network,
      TrainingTask<E> task,
      String reader,
      List<ExampleReader.Part> parts,
      long seed,
      long numExamples,
      Scorer<E, S> scorer,
      int numTasks,
      int threads)
      implements Serializable {

    List<S> score(int index) throws IOException {
      long batches = (numExamples - 1) / BATCH + 1;
      long first = batches * index / numTasks;
      long end = batches * (index + 1) / numTasks;
      List<S> scores = new ArrayList<>();
      if (first == end) {
        return scores;
      }
      TaskGpu.use();
      ExampleReader<E> examples =
          ExampleReader.shared(SparkHadoopUtil.get().conf(), parts, task, reader, seed);
      try (Dl4jTrainer trainer = network.open(threads)) {
        for (long batch = first; batch < end; batch++) {
          long from = batch * BATCH;
          int count = (int) Math.min(BATCH, numExamples - from);
          scores.add(scorer.score(trainer.graph(), examples.read(from, count)));
        }
      }
      return scores;
    }
  }
}
