package io.dialogbert.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.common.Seeds;
import io.dialogbert.example.PretrainExample;
import io.dialogbert.model.Graphs;
import io.dialogbert.model.Threads;
import io.dialogbert.model.TrainingSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.parquet.example.data.Group;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.dataset.MultiDataSet;

final class AveragingTrainerIT {
  private static final long SEED = Long.getLong("tests.seed", 20191029L);
  private static final String REPEAT = "repeat with -Dtests.seed=" + SEED;

  @TempDir static Path directory;
  private static SparkSession spark;
  private static List<ExampleReader.Part> parts;

  @BeforeAll
  static void writeExamples() throws IOException {
    spark =
        SparkSession.builder()
            // Two cores, and a task may fail three times.
            .master("local[2,4]")
            .config("spark.ui.enabled", "false")
            .getOrCreate();
    spark.sparkContext().setLogLevel("WARN");
    Path table = directory.resolve("data");
    spark
        .createDataFrame(TinyExamples.rows("train", 100, SEED), TinyExamples.SCHEMA)
        .drop("split")
        .repartition(3)
        .write()
        .parquet(table.toString());
    try (Stream<Path> files = Files.list(table)) {
      parts =
          files
              .map(Path::toString)
              .filter(file -> file.endsWith(".parquet"))
              .sorted()
              .map(file -> new ExampleReader.Part(file, spark.read().parquet(file).count()))
              .toList();
    }
    assertThat(parts).hasSize(3);
  }

  @AfterAll
  static void stopSpark() {
    spark.stop();
  }

  private static TrainingConfig config(int numSteps, int numWorkers, int averagingFrequency) {
    return new TrainingConfig(
        numSteps,
        8,
        numWorkers,
        averagingFrequency,
        0.01,
        3,
        0.01,
        1,
        TrainingSettings.Optimizer.ADAMW,
        1000,
        1);
  }

  private static AveragingTrainer<PretrainExample> trainer(
      TrainingConfig config, TrainingTask<PretrainExample> task) {
    return new AveragingTrainer<>(
        JavaSparkContext.fromSparkContext(spark.sparkContext()), task, parts, config, SEED);
  }

  /** Trains from the start, on the real thing. */
  private static TrainerState train(TrainingConfig config) {
    ComputationGraph network = TinyExamples.network(config, SEED);
    return trainer(config, TinyExamples.task(network, SEED))
        .train(Dl4jTrainer.state(network), (step, round) -> {});
  }

  /** Steps of one worker in this thread, without Spark. */
  private static void plainSteps(
      ComputationGraph graph, TrainingConfig config, int worker, int from, int to)
      throws IOException {
    TrainingTask<PretrainExample> task =
        TinyExamples.task(TinyExamples.network(config, SEED), SEED);
    ExampleReader<PretrainExample> reader =
        new ExampleReader<>(spark.sparkContext().hadoopConfiguration(), parts, task, SEED);
    Threads.use(Math.max(1, Runtime.getRuntime().availableProcessors() / config.numWorkers()));
    Graphs.setDropoutSeed(graph, Seeds.hash(SEED, "dropout", worker));
    for (int step = from; step < to; step++) {
      long position = ((long) step * config.numWorkers() + worker) * config.batchSize();
      graph.fit(task.batch(reader.read(position, config.batchSize()), reader.epoch(position)));
    }
  }

  private static ComputationGraph copy(TrainingConfig config) {
    ComputationGraph graph =
        new ComputationGraph(
            ComputationGraphConfiguration.fromJson(
                TinyExamples.network(config, SEED).getConfiguration().toJson()));
    graph.init();
    return graph;
  }

  @Test
  void equalsAPlainLoopWithOneWorker() throws IOException {
    // 17 steps of 8 run into a second epoch; the last round is a short one.
    TrainingConfig config = config(17, 1, 5);
    ComputationGraph plain = TinyExamples.network(config, SEED);
    plainSteps(plain, config, 0, 0, 17);
    assertThat(TinyExamples.identical(train(config), Dl4jTrainer.state(plain))).as(REPEAT).isTrue();
  }

  @Test
  void startsEachRoundFromTheMeanOfTheWorkers() throws IOException {
    TrainingConfig config = config(6, 2, 3);
    TrainerState expected = Dl4jTrainer.state(TinyExamples.network(config, SEED));
    for (int round = 0; round < 2; round++) {
      List<TrainerState> workers = new ArrayList<>();
      for (int worker = 0; worker < 2; worker++) {
        ComputationGraph graph = copy(config);
        Dl4jTrainer.load(graph, expected);
        plainSteps(graph, config, worker, 3 * round, 3 * round + 3);
        workers.add(Dl4jTrainer.state(graph));
      }
      assertThat(workers.get(0).params()).isNotEqualTo(workers.get(1).params());
      expected =
          new TrainerState(
              mean(workers.get(0).params(), workers.get(1).params()),
              mean(workers.get(0).updater(), workers.get(1).updater()),
              workers.get(0).step());
    }
    assertThat(TinyExamples.identical(train(config), expected)).as(REPEAT).isTrue();
  }

  private static float[] mean(float[] a, float[] b) {
    float[] mean = new float[a.length];
    for (int i = 0; i < a.length; i++) {
      mean[i] = (a[i] + b[i]) / 2;
    }
    return mean;
  }

  @Test
  void givesTheSameParametersTwice() {
    TrainingConfig config = config(12, 2, 4);
    assertThat(TinyExamples.identical(train(config), train(config))).as(REPEAT).isTrue();
  }

  @Test
  void givesOtherParametersForAnotherFrequency() {
    assertThat(train(config(12, 2, 4)).params()).isNotEqualTo(train(config(12, 2, 6)).params());
  }

  @Test
  void givesTheSameParametersIfATaskFailsAndRunsAgain() throws IOException {
    TrainingConfig config = config(12, 2, 4);
    ComputationGraph network = TinyExamples.network(config, SEED);
    TrainingTask<PretrainExample> task = TinyExamples.task(network, SEED);
    // In the second round, the third step of the second worker: half of its work is lost.
    ExampleReader<PretrainExample> reader =
        new ExampleReader<>(spark.sparkContext().hadoopConfiguration(), parts, task, SEED);
    long position = (6 * 2 + 1) * 8;
    FailingOnce failing =
        new FailingOnce(task, reader.read(position, 1).get(0).exampleId(), reader.epoch(position));
    FailingOnce.FAILURES.set(0);
    TrainerState state =
        trainer(config, failing).train(Dl4jTrainer.state(network), (step, round) -> {});
    assertThat(FailingOnce.FAILURES).hasValue(1);
    assertThat(TinyExamples.identical(state, train(config))).as(REPEAT).isTrue();
  }

  /** Fails on one batch the first time; the first attempt's network is left in the lurch. */
  private record FailingOnce(TrainingTask<PretrainExample> task, String firstId, long failingEpoch)
      implements TrainingTask<PretrainExample> {
    static final AtomicInteger FAILURES = new AtomicInteger();

    @Override
    public String networkJson() {
      return task.networkJson();
    }

    @Override
    public PretrainExample decode(Group row) {
      return task.decode(row);
    }

    @Override
    public MultiDataSet batch(List<PretrainExample> examples, long epoch) {
      if (epoch == failingEpoch
          && examples.get(0).exampleId().equals(firstId)
          && FAILURES.compareAndSet(0, 1)) {
        throw new IllegalStateException("planned failure of a task");
      }
      return task.batch(examples, epoch);
    }

    @Override
    public Map<String, Double> lastLosses(ComputationGraph graph) {
      return task.lastLosses(graph);
    }
  }

  @Test
  void goesOnFromAStateAsIfItHadNotStopped() {
    TrainingConfig config = config(12, 2, 4);
    ComputationGraph network = TinyExamples.network(config, SEED);
    List<TrainerState> states = new ArrayList<>();
    TrainingTask<PretrainExample> task = TinyExamples.task(network, SEED);
    TrainerState whole =
        trainer(config, task)
            .train(Dl4jTrainer.state(network), (step, round) -> states.add(round.state()));
    TrainerState resumed = trainer(config, task).train(states.get(1), (step, round) -> {});
    assertThat(states).extracting(TrainerState::step).containsExactly(4L, 8L, 12L);
    assertThat(TinyExamples.identical(resumed, whole)).as(REPEAT).isTrue();
  }

  @Test
  void tellsOfEachRound() {
    TrainingConfig config = config(7, 2, 3);
    ComputationGraph network = TinyExamples.network(config, SEED);
    Map<Long, Long> examples = new TreeMap<>();
    trainer(config, TinyExamples.task(network, SEED))
        .train(
            Dl4jTrainer.state(network),
            (step, round) -> {
              examples.put(step, round.examples());
              assertThat(round.losses()).containsOnlyKeys("mlm_loss", "nsp_loss");
            });
    assertThat(examples).isEqualTo(Map.of(3L, 48L, 6L, 48L, 7L, 16L));
  }

  @Test
  void learns() {
    TrainingConfig config = config(100, 2, 20);
    ComputationGraph network = TinyExamples.network(config, SEED);
    List<Double> losses = new ArrayList<>();
    trainer(config, TinyExamples.task(network, SEED))
        .train(
            Dl4jTrainer.state(network),
            (step, round) -> losses.add(round.losses().get("mlm_loss")));
    assertThat(losses).as(REPEAT).hasSize(5);
    // Six pieces are in use, three for each topic: ln 6 = 1.8 without the topic, ln 3 = 1.1 with
    // it, and ln 50 = 3.9 before training.
    assertThat(losses.get(4)).as(REPEAT).isLessThan(2).isLessThan(0.75 * losses.get(0));
  }
}
