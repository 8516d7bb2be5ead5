package io.dialogbert.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.example.PretrainExample;
import io.dialogbert.job.SparkTestSession;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.dl4j.BatchArrays;
import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.model.head.Losses;
import io.dialogbert.model.kernel.Threads;
import io.dialogbert.train.engine.GraphState;
import io.dialogbert.train.engine.NetworkState;
import io.dialogbert.train.run.RunDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.spark.api.RDDTrainingApproach;
import org.deeplearning4j.spark.api.Repartition;
import org.deeplearning4j.spark.api.TrainingHook;
import org.deeplearning4j.spark.impl.graph.SparkComputationGraph;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingMaster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/** DL4J's own training on Spark, as released, can train the network. */
final class StockSparkTrainingIT {
  private static final long SEED = Long.getLong("tests.seed", 20191029L);
  private static final String REPEAT = "repeat with -Dtests.seed=" + SEED;
  private static final int BATCH_SIZE = 8;
  private static final int WORKERS = 2;
  private static final int AVERAGING_FREQUENCY = 2;
  private static final int BATCHES_OF_A_ROUND = WORKERS * AVERAGING_FREQUENCY;
  // Without warm-up, which the stock workers would restart in each round.
  private static final TrainingConfig CONFIG =
      TinyExamples.training(
          1000, BATCH_SIZE, AveragingConfig.plain(WORKERS, AVERAGING_FREQUENCY), 0.01, 0);

  @TempDir static Path directory;
  private static JavaSparkContext spark;

  @BeforeAll
  static void startSpark() {
    // Several threads are slower on arrays this small.
    Threads.use(1);
    spark = JavaSparkContext.fromSparkContext(SparkTestSession.get().sparkContext());
    spark.setLogLevel("WARN");
  }

  @AfterAll
  static void stopSpark() {
    SparkTestSession.stop();
  }

  private static List<PackedBatch> batches(ComputationGraph network, int count) {
    List<PretrainExample> examples = TinyExamples.examples(count * BATCH_SIZE, SEED);
    PretrainingTask task = TinyExamples.task(network, SEED);
    List<PackedBatch> batches = new ArrayList<>();
    for (int from = 0; from < examples.size(); from += BATCH_SIZE) {
      batches.add(task.batch(examples.subList(from, from + BATCH_SIZE), place -> 0));
    }
    return batches;
  }

  private static double loss(ComputationGraph network, List<PackedBatch> batches) {
    Losses losses =
        batches.stream()
            .map(batch -> Graphs.score(network, batch))
            .reduce(Losses.ZERO, Losses::plus);
    return Graphs.model(network).loss(losses, 0);
  }

  private static ParameterAveragingTrainingMaster.Builder master() {
    return new ParameterAveragingTrainingMaster.Builder(WORKERS, BATCH_SIZE)
        .batchSizePerWorker(BATCH_SIZE)
        .averagingFrequency(AVERAGING_FREQUENCY)
        .rddTrainingApproach(RDDTrainingApproach.Direct)
        .rngSeed(SEED);
  }

  private static ComputationGraph fit(
      ComputationGraph network,
      ParameterAveragingTrainingMaster master,
      List<PackedBatch> batches,
      int epochs) {
    List<MultiDataSet> dataSets = new ArrayList<>();
    batches.forEach(batch -> dataSets.add(BatchArrays.toDataSet(Graphs.model(network), batch)));
    SparkComputationGraph graph = new SparkComputationGraph(spark, network, master);
    for (int epoch = 0; epoch < epochs; epoch++) {
      graph.fitMultiDataSet(spark.parallelize(dataSets, WORKERS));
    }
    return graph.getNetwork();
  }

  @Test
  void learns() {
    ComputationGraph network = TinyExamples.network(CONFIG, SEED);
    float[] start = network.params().toFloatVector();
    List<PackedBatch> batches = batches(network, 4 * BATCHES_OF_A_ROUND);
    double before = loss(network, batches);
    ComputationGraph trained = fit(network, master().build(), batches, 5);
    float[] end = trained.params().toFloatVector();
    assertThat(end).doesNotContain(Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY);
    assertThat(end).hasSameSizeAs(start).isNotEqualTo(start);
    assertThat(loss(trained, batches)).as(REPEAT).isLessThan(0.75 * before);
  }

  /** Includes Adam's moments and a learning rate that rises and falls. */
  @Test
  void givesTheSameParametersAsOurs() throws IOException {
    int rounds = 3;
    TrainingConfig config =
        TinyExamples.training(
            rounds * AVERAGING_FREQUENCY,
            BATCH_SIZE,
            AveragingConfig.plain(WORKERS, AVERAGING_FREQUENCY),
            0.01,
            3);
    // Each side draws dropout masks in its own way.
    ComputationGraph start = TinyExamples.network(config, SEED, 0);
    PretrainingTask task = TinyExamples.task(start, SEED);
    int numExamples = rounds * BATCHES_OF_A_ROUND * BATCH_SIZE;
    List<ExampleReader.Part> parts =
        TinyExamples.write(
            directory.resolve("data"), TinyExamples.rows("train", numExamples, SEED), 1);
    ExampleReader<PretrainExample> reader =
        new ExampleReader<>(spark.hadoopConfiguration(), parts, task, SEED);
    ComputationGraph stock = start.clone();
    for (int round = 0; round < rounds; round++) {
      List<MultiDataSet> dataSets = new ArrayList<>();
      for (int worker = 0; worker < WORKERS; worker++) {
        for (int step = 0; step < AVERAGING_FREQUENCY; step++) {
          long number = (long) (round * AVERAGING_FREQUENCY + step) * WORKERS + worker;
          dataSets.add(
              BatchArrays.toDataSet(
                  Graphs.model(start),
                  task.batch(reader.read(number * BATCH_SIZE, BATCH_SIZE), place -> 0)));
        }
      }
      // Without repartitioning, each worker gets one half of the list.
      SparkComputationGraph graph =
          new SparkComputationGraph(
              spark,
              stock,
              master()
                  .repartionData(Repartition.Never)
                  .saveUpdater(true)
                  .trainingHooks(new CountingOn(round * AVERAGING_FREQUENCY))
                  .build());
      graph.fitMultiDataSet(spark.parallelize(dataSets, WORKERS));
      stock = graph.getNetwork();
    }

    AveragingTrainer<PackedBatch> ours =
        new AveragingTrainer<>(
            spark,
            task,
            parts,
            config,
            SEED,
            new RunDirectory(spark.hadoopConfiguration(), directory.resolve("run").toString()));
    NetworkState network = new GraphState(start);
    ours.load(ours.train(ours.start(network), round -> true), network);
    assertClose(TrainerState.of(start).params(), TrainerState.of(stock).params());
    assertClose(TrainerState.of(start).updater(), TrainerState.of(stock).updater());
  }

  private static void assertClose(float[] actual, float[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    double largest = 0;
    for (int i = 0; i < actual.length; i++) {
      largest = Math.max(largest, Math.abs(actual[i] - expected[i]));
    }
    assertThat(largest).as(REPEAT).isLessThan(1e-6);
  }

  /**
   * Tells the stock workers how many steps were done before this round. They clone the network's
   * configuration, which loses the count. Without it, the learning-rate schedule and Adam's bias
   * correction would restart in each round.
   */
  private record CountingOn(int start) implements TrainingHook {
    @Override
    public void preUpdate(MultiDataSet batch, Model model) {
      ComputationGraphConfiguration configuration = ((ComputationGraph) model).getConfiguration();
      configuration.setIterationCount(Math.max(start, configuration.getIterationCount()));
    }

    @Override
    public void postUpdate(MultiDataSet batch, Model model) {}

    @Override
    public void preUpdate(DataSet batch, Model model) {}

    @Override
    public void postUpdate(DataSet batch, Model model) {}
  }
}
