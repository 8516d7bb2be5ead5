package io.dialogbert.finetune;

import static org.apache.spark.sql.functions.col;

import io.dialogbert.common.BadInputException;
import io.dialogbert.dialogue.Splits;
import io.dialogbert.frame.JobContext;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.model.head.Losses;
import io.dialogbert.model.head.SoftClassLoss;
import io.dialogbert.task.TaskExample;
import io.dialogbert.text.SerializedTokenizer;
import io.dialogbert.train.Checkpoint;
import io.dialogbert.train.CheckpointNetwork;
import io.dialogbert.train.ExampleReader;
import io.dialogbert.train.HeldOutScoring;
import io.dialogbert.train.TrainingConfig;
import io.dialogbert.train.TrainingLoop;
import io.dialogbert.train.engine.BertEngine;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.deeplearning4j.nn.graph.ComputationGraph;

/** Trains a classifier by parameter averaging, evaluates it on held-out examples, and writes it. */
public final class ClassifierTraining {
  private final JobContext job;
  private final TrainingConfig config;

  public ClassifierTraining(JobContext job, TrainingConfig config) {
    this.job = job;
    this.config = config;
  }

  /** A reader of task examples in the order of the job's seed. */
  public static ExampleReader<TaskExample> reader(JobContext job, List<ExampleReader.Part> parts) {
    return new ExampleReader<>(
        job.spark().sparkContext().hadoopConfiguration(), parts, TaskRows::decode, job.seed());
  }

  /**
   * Trains {@code graph} in place. The held-out scores of the saved step become figures of the
   * manifest.
   *
   * @param train files of training examples
   * @param validation files of held-out examples for evaluation during training
   */
  public void train(
      ComputationGraph graph,
      SerializedTokenizer tokenizer,
      List<ExampleReader.Part> train,
      List<ExampleReader.Part> validation)
      throws IOException {
    BertEngine engine = new BertEngine(graph.getConfiguration().toJson());
    boolean taught =
        Graphs.model(graph).losses().stream().anyMatch(SoftClassLoss.class::isInstance);
    HeldOutScoring<TaskExample, PackedBatch> heldOut =
        scoring(job, engine, validation, config.evaluationExamples());
    new TrainingLoop<>(
            job,
            new ClassificationTask(engine, taught),
            train,
            graph,
            tokenizer,
            config,
            (network, numTasks) -> heldOut.score(network, numTasks).means())
        .train()
        .forEach((name, value) -> job.figure("validation_" + name, value));
  }

  /** Held-out examples have labels, but no teacher's logits. */
  private static HeldOutScoring<TaskExample, PackedBatch> scoring(
      JobContext job, BertEngine engine, List<ExampleReader.Part> parts, int maxExamples) {
    return new HeldOutScoring<>(
        job.sparkContext(), new ClassificationTask(engine, false), parts, job.seed(), maxExamples);
  }

  /** Scores a checkpoint's classifier on all examples of several files, in Spark tasks. */
  public static Losses score(JobContext job, String checkpoint, List<ExampleReader.Part> parts)
      throws IOException {
    BertEngine engine = new BertEngine(Checkpoint.loadNetworkJson(job.directories(), checkpoint));
    return scoring(job, engine, parts, Integer.MAX_VALUE)
        .score(new CheckpointNetwork<>(engine, checkpoint));
  }

  /**
   * Accuracy on the test split, in [0, 1], of always predicting the most frequent class of
   * training; ties go to the first.
   */
  static double mostFrequentClassAccuracy(JobContext job, String input) {
    SortedMap<Integer, Long> train = new TreeMap<>();
    SortedMap<Integer, Long> test = new TreeMap<>();
    Map<String, SortedMap<Integer, Long>> labels = Map.of(Splits.TRAIN, train, Splits.TEST, test);
    job.read(input, "data")
        .filter(col("split").isin(Splits.TRAIN, Splits.TEST))
        .groupBy("split", "label")
        .count()
        .collectAsList()
        .forEach(
            row ->
                labels.get(row.<String>getAs("split")).put(row.getAs("label"), row.getAs("count")));
    int guess = train.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow().getKey();
    double all = test.values().stream().mapToLong(Long::longValue).sum();
    return test.getOrDefault(guess, 0L) / all;
  }

  /**
   * The files of one split of a task directory.
   *
   * @throws BadInputException if the split is empty, as may happen with a small corpus
   */
  public static List<ExampleReader.Part> parts(JobContext job, String input, String split) {
    List<ExampleReader.Part> parts =
        ExampleReader.parts(job.inputPath(input), job.input(input), "data/split=" + split);
    if (parts.isEmpty()) {
      throw new BadInputException(
          "no task examples in split "
              + split
              + " of "
              + job.inputPath(input)
              + "; a larger corpus is needed");
    }
    return parts;
  }
}
