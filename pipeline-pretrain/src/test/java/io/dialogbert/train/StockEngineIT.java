package io.dialogbert.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.example.PretrainExample;
import io.dialogbert.frame.store.Directories;
import io.dialogbert.job.SparkTestSession;
import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.model.head.Losses;
import io.dialogbert.model.kernel.Threads;
import io.dialogbert.train.engine.Engine;
import io.dialogbert.train.engine.GraphState;
import io.dialogbert.train.engine.NetworkState;
import io.dialogbert.train.engine.StockEngine;
import io.dialogbert.train.run.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToLongFunction;
import org.apache.parquet.example.data.Group;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.weights.WeightInit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/** An RNN of stock DL4J layers trains through the same averaging loop. */
final class StockEngineIT {
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
  private record RnnTask(StockEngine stock, PretrainingTask reads)
      implements TrainingTask<PretrainExample, MultiDataSet> {
    @Override
    public Engine<MultiDataSet> engine() {
      return stock;
    }

    @Override
    public PretrainExample decode(Group row) {
      return reads.decode(row);
    }

    @Override
    public MultiDataSet batch(List<PretrainExample> examples, IntToLongFunction epoch) {
      INDArray ids = Nd4j.zeros(examples.size(), 1, TinyExamples.MAX_LENGTH);
      INDArray mask = Nd4j.zeros(examples.size(), TinyExamples.MAX_LENGTH);
      INDArray labels = Nd4j.zeros(examples.size(), 2);
      for (int b = 0; b < examples.size(); b++) {
        for (int t = 0; t < examples.get(b).inputIds().length; t++) {
          ids.putScalar(new int[] {b, 0, t}, examples.get(b).inputIds()[t]);
          mask.putScalar(b, t, 1);
        }
        int[] tokens = examples.get(b).inputIds();
        labels.putScalar(b, tokens[1] < TinyExamples.VOCAB_SIZE / 2 ? 0 : 1, 1);
      }
      return new MultiDataSet(
          new INDArray[] {ids}, new INDArray[] {labels}, new INDArray[] {mask}, null);
    }
  }

  private static ComputationGraph rnn() {
    ComputationGraphConfiguration configuration =
        new NeuralNetConfiguration.Builder()
            .seed(SEED)
            .weightInit(WeightInit.XAVIER)
            .updater(new Adam(0.02))
            .graphBuilder()
            .addInputs("ids")
            .setInputTypes(InputType.recurrent(TinyExamples.VOCAB_SIZE))
            .addLayer(
                "embedding",
                new EmbeddingSequenceLayer.Builder()
                    .nIn(TinyExamples.VOCAB_SIZE)
                    .nOut(8)
                    .inputLength(TinyExamples.MAX_LENGTH)
                    .build(),
                "ids")
            .addLayer("lstm", new LSTM.Builder().nIn(8).nOut(12).dropOut(0.9).build(), "embedding")
            .addLayer("mean", new GlobalPoolingLayer.Builder(PoolingType.AVG).build(), "lstm")
            .addLayer(
                "output",
                new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                    .nIn(12)
                    .nOut(2)
                    .activation(Activation.SOFTMAX)
                    .build(),
                "mean")
            .setOutputs("output")
            .build();
    ComputationGraph graph = new ComputationGraph(configuration);
    graph.init();
    return graph;
  }

  private static RnnTask task(ComputationGraph graph) {
    return new RnnTask(
        new StockEngine(graph.getConfiguration().toJson()),
        TinyExamples.task(TinyExamples.network(CONFIG, SEED), SEED));
  }

  private static TrainerState train(ComputationGraph graph, String run, List<Double> losses)
      throws IOException {
    AveragingTrainer<MultiDataSet> trainer =
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
