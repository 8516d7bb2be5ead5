package io.dialogbert.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.dialogbert.common.BadInputException;
import io.dialogbert.common.Seeds;
import io.dialogbert.example.PretrainExample;
import io.dialogbert.frame.store.FaultyFileSystem;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.ParameterLayout;
import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.model.dl4j.VectorCopy;
import io.dialogbert.model.head.Losses;
import io.dialogbert.model.kernel.Threads;
import io.dialogbert.train.engine.BertEngine;
import io.dialogbert.train.engine.Engine;
import io.dialogbert.train.engine.GraphState;
import io.dialogbert.train.engine.NetworkState;
import io.dialogbert.train.engine.Trainer;
import io.dialogbert.train.run.Position;
import io.dialogbert.train.run.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntToLongFunction;
import java.util.stream.Stream;
import org.apache.parquet.example.data.Group;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.learning.config.Nesterovs;

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
            .config("spark.hadoop.fs.faulty.impl", FaultyFileSystem.class.getName())
            .getOrCreate();
    spark.sparkContext().setLogLevel("WARN");
    parts = TinyExamples.write(directory.resolve("data"), TinyExamples.rows("train", 100, SEED), 3);
  }

  @AfterAll
  static void stopSpark() {
    spark.stop();
  }

  private static TrainingConfig config(int numSteps, int numWorkers, int frequency) {
    return config(numSteps, AveragingConfig.plain(numWorkers, frequency));
  }

  private static TrainingConfig config(int numSteps, AveragingConfig averaging) {
    return TinyExamples.training(numSteps, 8, averaging, 0.01, 3);
  }

  /** Trains on Spark, step by step. */
  private static final class Run {
    final ComputationGraph graph;
    final NetworkState network;
    final RunDirectory states;
    final AveragingTrainer<PackedBatch> trainer;

    Run(
        TrainingConfig config,
        TrainingTask<PretrainExample, PackedBatch> task,
        RunDirectory states) {
      this.graph = network(task);
      this.network = new GraphState(graph);
      this.states = states;
      JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
      this.trainer = new AveragingTrainer<>(context, task, parts, config, SEED, states);
    }

    TrainerState train(AveragingTrainer.Listener listener) throws IOException {
      return train(trainer.start(network), listener);
    }

    TrainerState train(Position start, AveragingTrainer.Listener listener) throws IOException {
      trainer.load(trainer.train(start, listener), network);
      return TrainerState.of(graph);
    }
  }

  private static RunDirectory directory() throws IOException {
    return directory(Files.createTempDirectory(directory, "run").toString());
  }

  /** The run's directory as another process sees it. */
  private static RunDirectory directory(String place) {
    return new RunDirectory(spark.sparkContext().hadoopConfiguration(), place);
  }

  private static PretrainingTask task(TrainingConfig config) {
    return TinyExamples.task(TinyExamples.network(config, SEED), SEED);
  }

  private static Run run(TrainingConfig config) throws IOException {
    return new Run(config, task(config), directory());
  }

  /** Trains from the start, on Spark. */
  private static TrainerState train(TrainingConfig config) throws IOException {
    return run(config).train(round -> true);
  }

  /** Steps of one worker in this thread, without Spark. */
  private static void plainSteps(
      ComputationGraph graph, TrainingConfig config, int worker, int from, int to)
      throws IOException {
    TrainingTask<PretrainExample, PackedBatch> task = task(config);
    ExampleReader<PretrainExample> reader =
        new ExampleReader<>(spark.sparkContext().hadoopConfiguration(), parts, task, SEED);
    Threads.use(
        Math.max(1, Runtime.getRuntime().availableProcessors() / config.averaging().numWorkers()));
    Graphs.setDropoutSeed(graph, Seeds.hash(SEED, "dropout", worker));
    for (int step = from; step < to; step++) {
      long position = ((long) step * config.averaging().numWorkers() + worker) * config.batchSize();
      Graphs.fit(
          graph,
          task.batch(
              reader.read(position, config.batchSize()), place -> reader.epoch(position + place)));
    }
  }

  /** A task's network before training. */
  private static ComputationGraph network(TrainingTask<PretrainExample, PackedBatch> task) {
    TrainingTask<PretrainExample, PackedBatch> inner =
        task instanceof Delegating delegating ? delegating.task : task;
    ComputationGraph graph =
        new ComputationGraph(Graphs.configuration(((BertEngine) inner.engine()).networkJson()));
    graph.init();
    return graph;
  }

  @Test
  void equalsAPlainLoopWithOneWorker() throws IOException {
    // 17 steps of 8 run into a second epoch; the last round is shorter.
    TrainingConfig config = config(17, 1, 5);
    ComputationGraph plain = TinyExamples.network(config, SEED);
    plainSteps(plain, config, 0, 0, 17);
    assertThat(train(config).isIdenticalTo(TrainerState.of(plain))).as(REPEAT).isTrue();
  }

  /** The state after rounds of three steps, computed without Spark. */
  private static TrainerState plainRounds(TrainingConfig config, int rounds) throws IOException {
    AveragingConfig averaging = config.averaging();
    TrainerState state = TrainerState.of(TinyExamples.network(config, SEED));
    float[] momentum = new float[state.params().length];
    List<float[]> moments = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      List<TrainerState> workers = new ArrayList<>();
      for (int worker = 0; worker < 2; worker++) {
        ComputationGraph graph = network(task(config));
        float[] updater =
            averaging.averageMoments() || round == 0 ? state.updater() : moments.get(worker);
        new TrainerState(state.params(), updater, state.step()).loadInto(graph);
        plainSteps(graph, config, worker, 3 * round, 3 * round + 3);
        workers.add(TrainerState.of(graph));
      }
      assertThat(workers.get(0).params()).isNotEqualTo(workers.get(1).params());
      moments = workers.stream().map(TrainerState::updater).toList();
      float[] params = mean(workers.get(0).params(), workers.get(1).params());
      if (averaging.hasOuterOptimizer()) {
        // Nesterov momentum in Sutskever's form: the step is the gradient plus the next momentum.
        for (int i = 0; i < params.length; i++) {
          float change = params[i] - state.params()[i];
          momentum[i] = (float) averaging.outerMomentum() * momentum[i] + change;
          params[i] =
              state.params()[i]
                  + (float) averaging.outerLearningRate()
                      * (change + (float) averaging.outerMomentum() * momentum[i]);
        }
      }
      state =
          new TrainerState(
              params,
              averaging.averageMoments() ? mean(moments.get(0), moments.get(1)) : moments.get(0),
              workers.get(0).step());
    }
    return state;
  }

  private static float[] mean(float[] a, float[] b) {
    float[] mean = new float[a.length];
    for (int i = 0; i < a.length; i++) {
      mean[i] = a[i] + (b[i] - a[i]) / 2;
    }
    return mean;
  }

  @Test
  void startsEachRoundFromTheMeanOfTheWorkers() throws IOException {
    TrainingConfig config = config(9, 2, 3);
    assertThat(train(config).isIdenticalTo(plainRounds(config, 3))).as(REPEAT).isTrue();
  }

  @Test
  void stepsTowardsTheMeanWithMomentumAndLeavesMomentsToTheWorkers() throws IOException {
    TrainingConfig config = config(9, new AveragingConfig(2, 3, false, false, 0.7, 0.9));
    assertThat(train(config).isIdenticalTo(plainRounds(config, 3))).as(REPEAT).isTrue();
  }

  /** Examples that are pairs only if their length is a multiple of the divisor. */
  private record SomePairs(PretrainingTask task, int divisor)
      implements TrainingTask<PretrainExample, PackedBatch> {
    @Override
    public Engine<PackedBatch> engine() {
      return task.engine();
    }

    @Override
    public PretrainExample decode(Group row) {
      PretrainExample example = task.decode(row);
      return new PretrainExample(
          example.exampleId(),
          example.dialogueIds(),
          example.lang(),
          example.split(),
          example.inputIds(),
          example.segmentIds(),
          example.turnIds(),
          example.inputIds().length % divisor == 0
              ? example.nextSentenceLabel()
              : PretrainExample.NO_PAIR,
          example.maskedLmPositions(),
          example.maskedLmIds());
    }

    @Override
    public PackedBatch batch(List<PretrainExample> examples, IntToLongFunction epoch) {
      return task.batch(examples, epoch);
    }
  }

  /** Values of the pooler's matrix, which only pairs train. */
  private static float[] pooler(ComputationGraph graph) {
    ParameterLayout layout = Graphs.layout(graph);
    return layout
        .view(graph.params().reshape(graph.numParams()), "pooler.dense.weight")
        .dup()
        .data()
        .asFloat();
  }

  /**
   * Three workers with one example each per round: the sum of three equal values, divided by three,
   * need not be exactly that value. A few of the examples are pairs, or none.
   */
  @ParameterizedTest
  @ValueSource(ints = {10, 1000})
  void whatNoWorkerLearnsInARoundStays(int divisor) throws IOException {
    TrainingConfig config = TinyExamples.training(12, 1, AveragingConfig.plain(3, 1), 0.01, 0);
    SomePairs task = new SomePairs(task(config), divisor);
    ExampleReader<PretrainExample> reader =
        new ExampleReader<>(spark.sparkContext().hadoopConfiguration(), parts, task, SEED);
    List<Boolean> learned = new ArrayList<>();
    for (int round = 0; round < 12; round++) {
      learned.add(reader.read(3L * round, 3).stream().anyMatch(e -> e.nextSentenceLabel() >= 0));
    }
    Run run = new Run(config, task, directory());
    List<float[]> poolers = new ArrayList<>(List.of(pooler(run.graph)));
    run.train(
        round -> {
          run.trainer.load(round.end(), run.network);
          poolers.add(pooler(run.graph));
          return true;
        });
    for (int round = 0; round < 12; round++) {
      assertThat(!Arrays.equals(poolers.get(round + 1), poolers.get(round)))
          .as("round %d of %s, %s", round, learned, REPEAT)
          .isEqualTo(learned.get(round));
    }
  }

  @Test
  void aRoundOfOneStepIsAStepOnAllBatchesJoined() throws IOException {
    // Plain gradient descent, because the mean of Adam's steps is not the step of the mean. Without
    // clipping, for the same reason. Without dropout, and with one mask per example, so that each
    // worker's mean is over the same number of values.
    AveragingConfig workers = AveragingConfig.plain(2, 1);
    TrainingConfig config = TinyExamples.training(6, 8, workers, 0.1, 0);
    PretrainingTask task = gradientDescent(config);
    TrainerState apart = new Run(config, task, directory()).train(round -> true);
    TrainingConfig joined = TinyExamples.training(6, 16, AveragingConfig.plain(1, 1), 0.1, 0);
    TrainerState together = new Run(joined, task, directory()).train(round -> true);
    float[] start = TinyExamples.network(config, SEED).params().toFloatVector();
    assertThat(largest(apart.params(), start)).isGreaterThan(0.01);
    assertThat(largest(apart.params(), together.params())).as(REPEAT).isLessThan(1e-6);
  }

  private static PretrainingTask gradientDescent(TrainingConfig config) {
    ComputationGraph graph = TinyExamples.network(config, SEED, 0);
    BaseLayer layer = (BaseLayer) graph.getOutputLayer(0).conf().getLayer();
    layer.setIUpdater(new Nesterovs(config.learningRate(), 0));
    layer.setGradientNormalizationThreshold(Double.MAX_VALUE);
    return TinyExamples.task(graph, SEED, 1);
  }

  private static double largest(float[] a, float[] b) {
    double largest = 0;
    for (int i = 0; i < a.length; i++) {
      largest = Math.max(largest, Math.abs(a[i] - b[i]));
    }
    return largest;
  }

  @Test
  void aBatchInPartsIsTheSameStep() throws IOException {
    AveragingConfig averaging = AveragingConfig.plain(2, 3);
    float[] whole = trainWithoutDropout(TinyExamples.training(9, 8, 8, averaging, 0.01, 3));
    float[] parts = trainWithoutDropout(TinyExamples.training(9, 8, 3, averaging, 0.01, 3));
    assertThat(parts).isNotEqualTo(whole);
    assertThat(largest(parts, whole)).as(REPEAT).isLessThan(1e-4);
  }

  private static float[] trainWithoutDropout(TrainingConfig config) throws IOException {
    PretrainingTask task = TinyExamples.task(TinyExamples.network(config, SEED, 0), SEED);
    return new Run(config, task, directory()).train(round -> true).params();
  }

  @Test
  void halvesOfChangesAreCloseToTheWhole() throws IOException {
    TrainingConfig halves = config(9, new AveragingConfig(2, 3, true, true, 1, 0));
    float[] whole = train(config(9, 2, 3)).params();
    float[] compressed = train(halves).params();
    assertThat(compressed).isNotEqualTo(whole);
    double error = 0;
    double change = 0;
    float[] start = TinyExamples.network(halves, SEED).params().toFloatVector();
    for (int i = 0; i < whole.length; i++) {
      error += Math.pow(compressed[i] - whole[i], 2);
      change += Math.pow(whole[i] - start[i], 2);
    }
    // Halves have 11 bits: an error of at most 5e-4 of each change, less on average.
    assertThat(Math.sqrt(error / change)).as(REPEAT).isLessThan(2e-3);
  }

  @Test
  void givesTheSameParametersTwice() throws IOException {
    TrainingConfig config = config(12, 2, 4);
    assertThat(train(config).isIdenticalTo(train(config))).as(REPEAT).isTrue();
  }

  @Test
  void givesOtherParametersForAnotherFrequency() throws IOException {
    assertThat(train(config(12, 2, 4)).params()).isNotEqualTo(train(config(12, 2, 6)).params());
  }

  @Test
  void givesTheSameParametersIfATaskFailsAndRunsAgain() throws IOException {
    TrainingConfig config = config(12, 2, 4);
    TrainingTask<PretrainExample, PackedBatch> task = task(config);
    // The third step of the second worker in the second round: half of its work is lost.
    ExampleReader<PretrainExample> reader =
        new ExampleReader<>(spark.sparkContext().hadoopConfiguration(), parts, task, SEED);
    long position = (6 * 2 + 1) * 8;
    FailingOnce failing =
        new FailingOnce(task, reader.read(position, 1).get(0).exampleId(), reader.epoch(position));
    FailingOnce.FAILURES.set(0);
    TrainerState state = new Run(config, failing, directory()).train(round -> true);
    assertThat(FailingOnce.FAILURES).hasValue(1);
    assertThat(state.isIdenticalTo(train(config))).as(REPEAT).isTrue();
  }

  /** Delegates everything to another task. */
  private abstract static class Delegating implements TrainingTask<PretrainExample, PackedBatch> {
    final TrainingTask<PretrainExample, PackedBatch> task;

    Delegating(TrainingTask<PretrainExample, PackedBatch> task) {
      this.task = task;
    }

    @Override
    public Engine<PackedBatch> engine() {
      return task.engine();
    }

    @Override
    public PretrainExample decode(Group row) {
      return task.decode(row);
    }

    @Override
    public PackedBatch batch(List<PretrainExample> examples, IntToLongFunction epoch) {
      return task.batch(examples, epoch);
    }
  }

  /** Fails once on one batch; the first attempt's network is abandoned. */
  private static final class FailingOnce extends Delegating {
    static final AtomicInteger FAILURES = new AtomicInteger();
    final String firstId;
    final long failingEpoch;

    FailingOnce(
        TrainingTask<PretrainExample, PackedBatch> task, String firstId, long failingEpoch) {
      super(task);
      this.firstId = firstId;
      this.failingEpoch = failingEpoch;
    }

    @Override
    public PackedBatch batch(List<PretrainExample> examples, IntToLongFunction epoch) {
      if (epoch.applyAsLong(0) == failingEpoch
          && examples.get(0).exampleId().equals(firstId)
          && FAILURES.compareAndSet(0, 1)) {
        throw new IllegalStateException("planned failure of a task");
      }
      return super.batch(examples, epoch);
    }
  }

  @Test
  void goesOnFromAStateAsIfItHadNotStopped() throws IOException {
    for (boolean averageMoments : new boolean[] {true, false}) {
      TrainingConfig config =
          config(12, new AveragingConfig(2, 4, averageMoments, false, 0.7, 0.9));
      TrainerState whole = train(config);
      Run stopped = run(config);
      stopped.train(round -> round.end().step() < 8);
      Position newest = stopped.states.newest().orElseThrow();
      assertThat(newest.step()).isEqualTo(8);
      // Another process has its own networks.
      Run resumed = new Run(config, task(config), stopped.states);
      assertThat(resumed.train(newest, round -> true).isIdenticalTo(whole)).as(REPEAT).isTrue();
    }
  }

  /** The driver dies at each of its file system changes in turn, and another one continues. */
  @Test
  void goesOnWhereverTheDriverWasLost() throws IOException {
    AveragingConfig averaging = new AveragingConfig(1, 1, false, false, 0.7, 0.9);
    TrainingConfig config = TinyExamples.training(2, 8, averaging, 0.01, 1);
    TrainerState whole = train(config);
    boolean failed = true;
    int changes = 0;
    for (; failed; changes++) {
      String place = "faulty://" + Files.createTempDirectory(directory, "faulty");
      RunDirectory states = directory(place);
      TrainingTask<PretrainExample, PackedBatch> task = task(config);
      FaultyFileSystem.failAfter(changes);
      try {
        new Run(config, task, states).train(round -> goOn(states, round));
        failed = false;
      } catch (IOException e) {
        assertThat(e).hasMessage("the process is gone");
      } finally {
        FaultyFileSystem.heal();
      }
      Run next = new Run(config, task, states);
      Optional<Position> newest = states.newest();
      Position start = newest.isPresent() ? newest.get() : next.trainer.start(next.network);
      assertThat(next.train(start, round -> goOn(states, round)).isIdenticalTo(whole))
          .as(REPEAT + ", after " + changes + " changes")
          .isTrue();
    }
    // Pieces and two markers at the start, the same in each round, and deletions of old files.
    assertThat(changes).isGreaterThan(15);
  }

  private static boolean goOn(RunDirectory states, AveragingTrainer.Round round)
      throws IOException {
    states.keep(0, Optional.of(round.end().step()));
    return true;
  }

  @Test
  void passesByExamplesWithoutAFiniteLoss() throws IOException {
    AveragingConfig ownMoments = new AveragingConfig(2, 4, false, false, 1, 0);
    TrainingConfig config = TinyExamples.withSkips(config(12, ownMoments), 1);
    LostLoss.LEFT.set(1);
    List<Position> ends = new ArrayList<>();
    Run run = new Run(config, new LostLoss(task(config), 7), directory());
    run.train(round -> ends.add(round.end()));
    assertThat(ends).extracting(Position::step).containsExactly(4L, 8L, 12L);
    assertThat(ends).extracting(Position::cursor).containsExactly(64L, 192L, 256L);
    assertThat(ends).extracting(Position::examplesSeen).containsExactly(64L, 128L, 192L);
    assertThat(ends.get(2).skippedRounds()).isEqualTo(1);
    // Parameters in one piece, two workers' moments, the position; nothing of the discarded round.
    Path state = Path.of(run.states.path(8).toUri().getPath());
    try (Stream<Path> files = Files.list(state)) {
      assertThat(files).hasSize(1 + 2 + 1);
    }
  }

  @Test
  void givesUpAfterTooManyRoundsWithoutAFiniteLoss() throws IOException {
    TrainingConfig config = TinyExamples.withSkips(config(12, 2, 4), 2);
    TrainingTask<PretrainExample, PackedBatch> task = task(config);
    LostLoss.LEFT.set(Integer.MAX_VALUE);
    Run run = new Run(config, new LostLoss(task, 7), directory());
    assertThatThrownBy(() -> run.train(round -> true))
        .isInstanceOf(UnstableTrainingException.class)
        .hasMessageContaining("gave up 3 rounds")
        .hasMessageContaining("the last after step 4");
    assertThat(run.states.newest().orElseThrow().step()).isEqualTo(4);
  }

  /** Has no finite loss at a step, a given number of times. */
  private static final class LostLoss extends Delegating {
    static final AtomicInteger LEFT = new AtomicInteger();
    final int step;

    LostLoss(TrainingTask<PretrainExample, PackedBatch> task, int step) {
      super(task);
      this.step = step;
    }

    @Override
    public Engine<PackedBatch> engine() {
      Engine<PackedBatch> whole = task.engine();
      int lost = step;
      return (threads, dropoutSeed, maxSequences) ->
          new LosingTrainer(whole.open(threads, dropoutSeed, maxSequences), lost);
    }
  }

  private static final class LosingTrainer implements Trainer<PackedBatch> {
    private final Trainer<PackedBatch> trainer;
    private final int lost;
    private long done;

    LosingTrainer(Trainer<PackedBatch> trainer, int lost) {
      this.trainer = trainer;
      this.lost = lost;
    }

    @Override
    public Step step(PackedBatch batch) {
      Step step = trainer.step(batch);
      done++;
      return done == lost && LostLoss.LEFT.getAndDecrement() > 0
          ? new Step(Double.NaN, step.losses(), step.gradientNorm())
          : step;
    }

    @Override
    public void setStep(long step) {
      done = step;
      trainer.setStep(step);
    }

    @Override
    public float[][] predict(PackedBatch batch, String head) {
      return trainer.predict(batch, head);
    }

    @Override
    public Losses score(PackedBatch batch) {
      return trainer.score(batch);
    }

    @Override
    public VectorCopy params() {
      return trainer.params();
    }

    @Override
    public ParameterLayout layout() {
      return trainer.layout();
    }

    @Override
    public VectorCopy optimizerState() {
      return trainer.optimizerState();
    }

    @Override
    public void close() {
      trainer.close();
    }
  }

  @Test
  void endsWhereAnotherProcessHasTakenUpTheRun() throws IOException {
    TrainingConfig config = config(12, 2, 4);
    Run lost = run(config);
    String states = lost.states.root();
    AveragingTrainer.Listener another =
        round -> {
          directory(states).claim();
          return true;
        };
    assertThatThrownBy(() -> lost.train(another))
        .isInstanceOf(BadInputException.class)
        .hasMessage("another process has taken up the run in " + states + "; this one ends");
    assertThat(lost.states.newest().orElseThrow().step()).isEqualTo(4);
  }

  @Test
  void goesOnWithAnotherNumberOfWorkers() throws IOException {
    Run stopped = run(config(12, new AveragingConfig(2, 4, false, false, 1, 0)));
    stopped.train(round -> round.end().step() < 8);
    TrainingConfig three = config(12, new AveragingConfig(3, 4, false, false, 1, 0));
    Run resumed = new Run(three, task(three), stopped.states);
    List<Position> ends = new ArrayList<>();
    resumed.train(stopped.states.newest().orElseThrow(), round -> ends.add(round.end()));
    assertThat(ends).extracting(Position::examplesSeen).containsExactly((8L * 2 + 4 * 3) * 8);
  }

  @Test
  void tellsOfEachRound() throws IOException {
    Map<Long, Long> examples = new TreeMap<>();
    run(config(7, 2, 3))
        .train(
            round -> {
              examples.put(round.end().step(), round.examples());
              assertThat(round.losses()).containsOnlyKeys("mlm_loss", "nsp_loss");
              assertThat(round.bytesMoved()).isPositive();
              return true;
            });
    assertThat(examples).isEqualTo(Map.of(3L, 48L, 6L, 48L, 7L, 16L));
  }

  @Test
  void tellsTheMeanNormOfTheGradients() throws IOException {
    TrainingConfig config = config(3, 2, 3);
    List<Double> norms = new ArrayList<>();
    run(config).train(round -> norms.add(round.gradientNorm()));
    double sum = 0;
    for (int worker = 0; worker < 2; worker++) {
      ComputationGraph graph = TinyExamples.network(config, SEED);
      for (int step = 0; step < 3; step++) {
        plainSteps(graph, config, worker, step, step + 1);
        sum += Graphs.lastGradientNorm(graph);
      }
    }
    assertThat(norms)
        .singleElement(InstanceOfAssertFactories.DOUBLE)
        .isCloseTo(sum / 6, within(1e-9));
  }

  @Test
  void learns() throws IOException {
    List<Double> losses = new ArrayList<>();
    run(config(100, 2, 20)).train(round -> losses.add(round.losses().get("mlm_loss")));
    assertThat(losses).as(REPEAT).hasSize(5);
    // Six pieces are in use, three for each topic: the loss is ln 6 = 1.8 without the topic, ln 3 =
    // 1.1 with it, and ln 50 = 3.9 before training.
    assertThat(losses.get(4)).as(REPEAT).isLessThan(2).isLessThan(0.75 * losses.get(0));
  }
}
