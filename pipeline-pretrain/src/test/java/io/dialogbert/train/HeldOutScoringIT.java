package io.dialogbert.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogbert.common.BadInputException;
import io.dialogbert.example.PretrainExample;
import io.dialogbert.frame.store.Directories;
import io.dialogbert.job.SparkTestSession;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.model.head.Losses;
import io.dialogbert.model.kernel.Threads;
import io.dialogbert.train.engine.GraphState;
import io.dialogbert.train.run.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tasks that read a network's files get the same scores as this process gets from the network. */
final class HeldOutScoringIT {
  private static final long SEED = Long.getLong("tests.seed", 20191029L);
  private static final String REPEAT = "repeat with -Dtests.seed=" + SEED;

  /** Three full batches and a partial one. */
  private static final int NUM_EXAMPLES = 3 * HeldOutScoring.BATCH + 17;

  private static final TrainingConfig CONFIG =
      TinyExamples.training(10, 8, AveragingConfig.plain(2, 5), 0.01, 5);

  @TempDir static Path directory;
  private static JavaSparkContext spark;
  private static List<ExampleReader.Part> parts;
  private static ComputationGraph network;
  private static PretrainingTask task;
  private static RunDirectory run;
  private static NetworkSource<PackedBatch> state;
  private static Losses expected;

  @BeforeAll
  static void scoreHere() throws IOException {
    spark = JavaSparkContext.fromSparkContext(SparkTestSession.get().sparkContext());
    spark.setLogLevel("WARN");
    parts =
        TinyExamples.write(
            directory.resolve("data"), TinyExamples.rows("validation", 300, SEED), 3);
    network = TinyExamples.network(CONFIG, SEED);
    task = TinyExamples.task(network, SEED);
    run = new RunDirectory(new Configuration(), directory.resolve("run").toString());
    AveragingTrainer<PackedBatch> trainer =
        new AveragingTrainer<>(spark, task, parts, CONFIG, SEED, run);
    state = trainer.network(trainer.start(new GraphState(network)));

    Threads.use(1);
    expected = scoreHere(parts);
  }

  private static Losses scoreHere(List<ExampleReader.Part> files) throws IOException {
    ExampleReader<PretrainExample> reader =
        new ExampleReader<>(new Configuration(), files, task, SEED);
    Losses sum = Losses.ZERO;
    for (int from = 0; from < NUM_EXAMPLES; from += HeldOutScoring.BATCH) {
      int count = Math.min(HeldOutScoring.BATCH, NUM_EXAMPLES - from);
      PackedBatch batch = task.batch(reader.read(from, count), place -> 0);
      sum = sum.plus(Graphs.score(network, batch));
    }
    return sum;
  }

  @AfterAll
  static void stopSpark() {
    SparkTestSession.stop();
  }

  private static HeldOutScoring<PretrainExample, PackedBatch> scoring(int maxExamples) {
    return new HeldOutScoring<>(spark, task, parts, SEED, maxExamples);
  }

  @Test
  void isTheSameForAnyNumberOfTasks() {
    for (int numTasks : new int[] {1, 2, 3, 7}) {
      assertThat(scoring(NUM_EXAMPLES).score(state, numTasks, 1))
          .as("%d tasks, %s", numTasks, REPEAT)
          .isEqualTo(expected);
    }
  }

  @Test
  void scoresGivenBatchesForAnyNumberOfTasks() throws IOException {
    List<List<Long>> batches = List.of(List.of(5L, 0L, 170L), List.of(299L), List.of(100L, 250L));
    ExampleReader<PretrainExample> reader =
        new ExampleReader<>(new Configuration(), parts, task, SEED);
    Losses sum = Losses.ZERO;
    for (List<Long> places : batches) {
      List<PretrainExample> examples = new ArrayList<>();
      for (long place : places) {
        examples.addAll(reader.read(place, 1));
      }
      sum = sum.plus(Graphs.score(network, task.batch(examples, place -> 0)));
    }
    for (int numTasks : new int[] {1, 2, 5}) {
      assertThat(new HeldOutScoring<>(spark, task, parts, SEED, batches).score(state, numTasks, 1))
          .as("%d tasks, %s", numTasks, REPEAT)
          .isEqualTo(sum);
    }
  }

  @Test
  void scoresAllExamplesWhereThereAreFewer() {
    assertThat(scoring(1000).score(state, 2).sequences()).isEqualTo(300);
  }

  /** Other examples in files with the same names, read in one JVM by tasks of the same class. */
  @Test
  void readsAnewWhatWasWrittenAnew() throws IOException {
    List<ExampleReader.Part> files = write("rewritten", SEED + 1);
    Losses first = score(files);
    write("rewritten-by-another-job", SEED + 2);
    Files.move(directory.resolve("rewritten"), directory.resolve("rewritten-before"));
    Files.move(directory.resolve("rewritten-by-another-job"), directory.resolve("rewritten"));
    Losses second = score(files);
    assertThat(second).as(REPEAT).isEqualTo(scoreHere(files)).isNotEqualTo(first);
  }

  private static List<ExampleReader.Part> write(String name, long seed) throws IOException {
    return TinyExamples.write(
        directory.resolve(name), TinyExamples.rows("train", NUM_EXAMPLES, seed), 1);
  }

  private static Losses score(List<ExampleReader.Part> files) {
    return new HeldOutScoring<>(spark, task, files, SEED, NUM_EXAMPLES).score(state, 1, 1);
  }

  @Test
  void readsACheckpoint() throws IOException {
    CheckpointNetwork<PackedBatch> checkpoint = checkpoint("checkpoint");
    assertThat(scoring(NUM_EXAMPLES).score(checkpoint, 2, 1)).as(REPEAT).isEqualTo(expected);
  }

  private static CheckpointNetwork<PackedBatch> checkpoint(String name) throws IOException {
    Directories directories = new Directories(new Configuration());
    Path path = Files.createDirectory(directory.resolve(name));
    new Checkpoint(network, TinyExamples.tokenizer(2), 0)
        .save(directories, new org.apache.hadoop.fs.Path(path.toUri()));
    String json = Checkpoint.loadNetworkJson(directories, path.toString());
    assertThat(json).isEqualTo(task.engine().networkJson());
    return new CheckpointNetwork<>(task.engine(), path.toString());
  }

  @Test
  void namesACheckpointThatIsTorn() throws IOException {
    CheckpointNetwork<PackedBatch> checkpoint = checkpoint("torn");
    Path model = directory.resolve("torn").resolve("model.zip");
    byte[] bytes = Files.readAllBytes(model);
    Files.write(model, Arrays.copyOf(bytes, bytes.length / 4));
    assertThatThrownBy(() -> scoring(NUM_EXAMPLES).score(checkpoint, 1))
        .isInstanceOf(SparkException.class)
        .cause()
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(model + " is torn");
  }

  @Test
  void namesACheckpointOfAnotherLayout() throws IOException {
    CheckpointNetwork<PackedBatch> checkpoint = checkpoint("other");
    Path position = directory.resolve("other").resolve("training.json");
    String layout = Graphs.layout(network).hash();
    Files.writeString(position, Files.readString(position).replace(layout, "0123"));
    assertThatThrownBy(() -> scoring(NUM_EXAMPLES).score(checkpoint, 1))
        .cause()
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(
            "checkpoint was trained with layout 0123, but the one beside it is " + layout);
  }
}
