package io.dialogbert.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.example.PretrainExample;
import io.dialogbert.frame.store.Directories;
import io.dialogbert.job.SparkTestSession;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.Target;
import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.model.dl4j.RnnConfig;
import io.dialogbert.model.head.ClassLoss;
import io.dialogbert.model.head.Head;
import io.dialogbert.model.head.Losses;
import io.dialogbert.model.head.Weight;
import io.dialogbert.model.kernel.Threads;
import io.dialogbert.train.engine.Engine;
import io.dialogbert.train.engine.GraphState;
import io.dialogbert.train.engine.NetworkState;
import io.dialogbert.train.engine.RnnEngine;
import io.dialogbert.train.run.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToLongFunction;
import org.apache.parquet.example.data.Group;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An RNN of stock DL4J layers trains through the averaging loop, on two workers. */
final class RnnEngineIT {
  private static final long SEED = Long.getLong("tests.seed", 20191029L);
  private static final String REPEAT = "repeat with -Dtests.seed=" + SEED;
  private static final TrainingConfig CONFIG =
      TinyExamples.training(40, 8, AveragingConfig.plain(2, 4), 0.02, 0);

  @TempDir static Path directory;
  private static JavaSparkContext spark;
  private static List<ExampleReader.Part> parts;

  @BeforeAll
  static void startSpark() throws IOException {
    Threads.use(1);
    spark = JavaSparkContext.fromSparkContext(SparkTestSession.get().sparkContext());
    spark.setLogLevel("WARN");
    parts = TinyExamples.write(directory.resolve("data"), TinyExamples.rows("train", 300, SEED), 2);
  }

  @AfterAll
  static void stopSpark() {
    SparkTestSession.stop();
  }

  /** Tells the topic of a sequence's first part. */
  private record RnnTask(Engine<PackedBatch> engine, PretrainingTask reads)
      implements TrainingTask<PretrainExample, PackedBatch> {
    @Override
    public PretrainExample decode(Group row) {
      return reads.decode(row);
    }

    @Override
    public PackedBatch batch(List<PretrainExample> examples, IntToLongFunction epoch) {
      PackedBatch.Builder batch = PackedBatch.builder();
      int[] topics = new int[examples.size()];
      for (int b = 0; b < topics.length; b++) {
        int[] ids = examples.get(b).inputIds();
        batch.add(ids, new int[ids.length], new int[ids.length]);
        topics[b] = ids[1] < TinyExamples.VOCAB_SIZE / 2 ? 0 : 1;
      }
      return batch.build().with(Head.CLASSIFIER, new Target.Classes(topics));
    }
  }

  private static ComputationGraph rnn() {
    return new RnnConfig(TinyExamples.VOCAB_SIZE, 8, 12, 0.1)
        .create(2, false, CONFIG.settings(), SEED);
  }

  private static RnnTask task(ComputationGraph graph) {
    return new RnnTask(
        new RnnEngine(
            graph.getConfiguration().toJson(),
            new ClassLoss("", Head.CLASSIFIER, Weight.ONE),
            false),
        TinyExamples.task(TinyExamples.network(CONFIG, SEED), SEED));
  }

  private static TrainerState train(ComputationGraph graph, String run, List<Double> losses)
      throws IOException {
    AveragingTrainer<PackedBatch> trainer =
        new AveragingTrainer<>(
            spark,
            task(graph),
            parts,
            CONFIG,
            SEED,
            new RunDirectory(spark.hadoopConfiguration(), directory.resolve(run).toString()));
    NetworkState network = new GraphState(graph);
    trainer.load(
        trainer.train(trainer.start(network), round -> losses.add(round.losses().get("loss"))),
        network);
    return TrainerState.of(graph);
  }

  @Test
  void trainsTwiceToTheSameParametersAndLearns() throws IOException {
    List<Double> losses = new ArrayList<>();
    TrainerState first = train(rnn(), "first", losses);
    TrainerState second = train(rnn(), "second", new ArrayList<>());
    assertThat(second.isIdenticalTo(first)).as(REPEAT).isTrue();
    assertThat(first.isIdenticalTo(TrainerState.of(rnn()))).isFalse();
    assertThat(losses).hasSize(10);
    assertThat(losses.get(9)).as(REPEAT).isLessThan(0.9 * losses.get(0));
  }

  @Test
  void itsCheckpointIsReadAndScoredAlike() throws IOException {
    ComputationGraph graph = rnn();
    Path checkpoint = Files.createDirectory(directory.resolve("checkpoint"));
    new Checkpoint(graph, TinyExamples.tokenizer(2), 0)
        .save(
            new Directories(spark.hadoopConfiguration()),
            new org.apache.hadoop.fs.Path(checkpoint.toUri()));
    RnnTask task = task(graph);
    Losses losses =
        new HeldOutScoring<>(spark, task, parts, SEED, 100)
            .score(new CheckpointNetwork<>(task.engine(), checkpoint.toString()), 2, 1);
    assertThat(losses.sequences()).isEqualTo(100);
    assertThat(losses.mean("loss")).isBetween(0.5, 1.0);
    assertThat(Graphs.layout(graph).length()).isEqualTo(graph.numParams());
  }
}
