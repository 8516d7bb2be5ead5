package io.dialogbert.finetune;

import io.dialogbert.common.BadInputException;
import io.dialogbert.common.JobContext;
import io.dialogbert.model.ClassificationModel;
import io.dialogbert.model.ClassificationScore;
import io.dialogbert.model.Threads;
import io.dialogbert.task.TaskExample;
import io.dialogbert.text.SerializedTokenizer;
import io.dialogbert.train.ExampleReader;
import io.dialogbert.train.HeldOutScoring;
import io.dialogbert.train.TrainingConfig;
import io.dialogbert.train.TrainingLoop;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.deeplearning4j.nn.graph.ComputationGraph;

/** Trains a classifier by parameter averaging, follows it on held-out examples, and writes it. */
public final class ClassifierTraining {
  private static final int BATCH = 64;

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
   * Trains {@code graph} in place.
   *
   * @param train files of training examples
   * @param validation files of held-out examples to follow training on
   */
  public void train(
      ComputationGraph graph,
      SerializedTokenizer tokenizer,
      List<ExampleReader.Part> train,
      List<ExampleReader.Part> validation)
      throws IOException {
    ClassificationTask task = new ClassificationTask(graph.getConfiguration().toJson());
    HeldOutScoring<TaskExample, ClassificationScore> heldOut =
        new HeldOutScoring<>(
            job.sparkContext(),
            task,
            validation,
            job.seed(),
            config.evaluationExamples(),
            (network, examples) ->
                ClassificationModel.score(network, ClassificationTask.pack(examples)));
    new TrainingLoop<>(
            job,
            task,
            train,
            graph,
            tokenizer,
            config,
            (network, numTasks) ->
                values(
                    heldOut.score(network, numTasks).stream()
                        .reduce(ClassificationScore.ZERO, ClassificationScore::plus)))
        .train();
  }

  /** Scores a classifier in this process on all examples of a split. */
  public static ClassificationScore score(ComputationGraph graph, ExampleReader<TaskExample> reader)
      throws IOException {
    Threads.use(Runtime.getRuntime().availableProcessors());
    ClassificationScore score = ClassificationScore.ZERO;
    for (long from = 0; from < reader.size(); from += BATCH) {
      List<TaskExample> examples = reader.read(from, (int) Math.min(BATCH, reader.size() - from));
      score = score.plus(ClassificationModel.score(graph, ClassificationTask.pack(examples)));
    }
    return score;
  }

  private static Map<String, Double> values(ClassificationScore score) {
    Map<String, Double> values = new TreeMap<>();
    values.put("loss", score.hardLoss());
    values.put("accuracy", score.accuracy());
    return values;
  }

  /** The files of a split of a task directory, which may be empty. */
  public static List<ExampleReader.Part> parts(JobContext job, String input, String split) {
    return ExampleReader.parts(job.inputPath(input), job.input(input), "data/split=" + split);
  }

  /** Accuracy on the test split, in [0, 1], of always guessing training's most frequent class. */
  public static double mostFrequentClassAccuracy(
      ExampleReader<TaskExample> test, ExampleReader<TaskExample> train) throws IOException {
    Map<Integer, Integer> counts = new TreeMap<>();
    for (TaskExample example : train.read(0, Math.toIntExact(train.size()))) {
      counts.merge(example.label(), 1, Integer::sum);
    }
    int guess = counts.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow().getKey();
    List<TaskExample> examples = test.read(0, Math.toIntExact(test.size()));
    return (double) examples.stream().filter(e -> e.label() == guess).count() / examples.size();
  }

  /**
   * The files of a held-out split.
   *
   * @throws BadInputException if the split is empty, as a small corpus may leave it
   */
  public static List<ExampleReader.Part> heldOut(JobContext job, String input, String split) {
    List<ExampleReader.Part> parts = parts(job, input, split);
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
