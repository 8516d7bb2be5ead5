package io.dialogbert.bench;

import io.dialogbert.example.MaskingConfig;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.model.dl4j.TrainingSettings;
import io.dialogbert.model.kernel.Precision;
import io.dialogbert.text.SerializedTokenizer;
import io.dialogbert.train.AveragingConfig;
import io.dialogbert.train.AveragingTrainer;
import io.dialogbert.train.ExampleReader;
import io.dialogbert.train.PretrainingTask;
import io.dialogbert.train.TrainingConfig;
import io.dialogbert.train.WarmupSchedule;
import io.dialogbert.train.engine.BertEngine;
import io.dialogbert.train.engine.GraphState;
import io.dialogbert.train.engine.NetworkState;
import io.dialogbert.train.run.Position;
import io.dialogbert.train.run.RunDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.graph.ComputationGraph;

/** Our parameter averaging, round by round. As in a real run, only the newest state is kept. */
final class AveragingRun {
  private final ComputationGraph graph;
  private final PretrainingTask task;
  private final NetworkState network;
  private final AveragingTrainer<PackedBatch> trainer;
  private final RunDirectory run;
  private Position at;

  /**
   * Writes the initial state.
   *
   * @param encoder sizes; the vocabulary size comes from the tokenizer
   * @param states directory of the run
   */
  AveragingRun(
      JavaSparkContext spark,
      EncoderConfig encoder,
      SerializedTokenizer tokenizer,
      List<ExampleReader.Part> parts,
      TrainingConfig config,
      long seed,
      Path states)
      throws IOException {
    this.graph = network(encoder, tokenizer, config, seed);
    this.task = task(graph, tokenizer, seed);
    this.network = new GraphState(graph);
    this.run = new RunDirectory(spark.hadoopConfiguration(), states.toString());
    run.claim();
    this.trainer = new AveragingTrainer<>(spark, task, parts, config, seed, run);
    this.at = trainer.start(network);
  }

  static ComputationGraph network(
      EncoderConfig encoder, SerializedTokenizer tokenizer, TrainingConfig config, long seed) {
    int vocabSize = tokenizer.tokenizer().vocabulary().size();
    return Graphs.create(
        PretrainingTask.model(encoder.withVocabSize(vocabSize)), config.settings(), seed);
  }

  /** BERT's masks, new in each epoch. */
  static PretrainingTask task(ComputationGraph graph, SerializedTokenizer tokenizer, long seed) {
    int vocabSize = tokenizer.tokenizer().vocabulary().size();
    return new PretrainingTask(
        new BertEngine(graph.getConfiguration().toJson(), Precision.FLOAT32),
        tokenizer,
        new MaskingConfig(0.15, 8, false, vocabSize),
        seed);
  }

  /** AdamW with linear warm-up over a tenth of the steps and linear decay to 0. */
  static TrainingConfig config(
      int batchSize, AveragingConfig averaging, double learningRate, int numSteps) {
    return new TrainingConfig(
        batchSize,
        batchSize,
        Precision.FLOAT32,
        averaging,
        new WarmupSchedule(learningRate, numSteps / 10, numSteps, 1),
        0.01,
        1,
        TrainingSettings.Optimizer.ADAMW,
        0,
        0,
        numSteps,
        1,
        new TrainingConfig.CheckpointConfig(
            "unused", numSteps, 0, TrainingConfig.SavedStep.LAST, 0));
  }

  /** Runs the next rounds, or those that are left. */
  List<AveragingTrainer.Round> rounds(int count) throws IOException {
    List<AveragingTrainer.Round> rounds = new ArrayList<>();
    at =
        trainer.train(
            at,
            round -> {
              rounds.add(round);
              run.keep(0, Optional.of(round.end().step()));
              return rounds.size() < count;
            });
    return rounds;
  }

  /** The network, with the newest state. */
  ComputationGraph load() throws IOException {
    trainer.load(at, network);
    return graph;
  }

  PretrainingTask task() {
    return task;
  }
}
