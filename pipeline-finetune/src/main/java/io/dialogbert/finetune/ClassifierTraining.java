package io.dialogbert.finetune;

import static org.apache.spark.sql.functions.col;

import io.dialogbert.common.BadInputException;
import io.dialogbert.dialogue.Splits;
import io.dialogbert.frame.JobContext;
import io.dialogbert.model.dl4j.ClassificationModel;
import io.dialogbert.model.head.ClassificationScore;
import io.dialogbert.task.TaskExample;
import io.dialogbert.text.SerializedTokenizer;
import io.dialogbert.train.Checkpoint;
import io.dialogbert.train.CheckpointNetwork;
import io.dialogbert.train.ExampleReader;
import io.dialogbert.train.HeldOutScoring;
import io.dialogbert.train.TrainingConfig;
import io.dialogbert.train.TrainingLoop;
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
    ClassificationTask task = new ClassificationTask(graph.getConfiguration().toJson());
    HeldOutScoring<TaskExample, ClassificationScore> heldOut =
        scoring(job, task, validation, config.evaluationExamples());
    new TrainingLoop<>(
            job,
            task,
            train,
            graph,
            tokenizer,
            config,
            (network, numTasks) -> values(sum(heldOut.score(network, numTasks))))
        .train()
        .forEach((name, value) -> job.figure("validation_" + name, value));
  }

  private static HeldOutScoring<TaskExample, ClassificationScore> scoring(
      JobContext job, ClassificationTask task, List<ExampleReader.Part> parts, int maxExamples) {
    return new HeldOutScoring<>(
        job.sparkContext(),
        task,
        parts,
        job.seed(),
        maxExamples,
        (network, examples) ->
            ClassificationModel.score(network, ClassificationTask.pack(examples)));
  }

  private static ClassificationScore sum(List<ClassificationScore> scores) {
    return scores.stream().reduce(ClassificationScore.ZERO, ClassificationScore::plus);
  }

  /** Scores a checkpoint's classifier on all examples of several files, in Spark tasks. */
  public static ClassificationScore score(
      JobContext job, String checkpoint, List<ExampleReader.Part> parts) throws IOException {
    ClassificationTask task =
        new ClassificationTask(Checkpoint.loadNetworkJson(job.directories(), checkpoint));
    return sum(
        scoring(job, task, parts, Integer.MAX_VALUE)
            .score(new CheckpointNetwork(task, checkpoint)));
  }

  private static Map<String, Double> values(ClassificationScore score) {
    Map<String, Double> values = new TreeMap<>();
    values.put("loss", score.hardLoss());
    values.put("accuracy", score.accuracy());
    return values;
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
