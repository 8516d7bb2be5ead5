package io.dialogbert.finetune.train;

import io.dialogbert.common.BadInputException;
import io.dialogbert.finetune.TaskRows;
import io.dialogbert.finetune.Tasks;
import io.dialogbert.finetune.objective.Objective;
import io.dialogbert.frame.JobContext;
import io.dialogbert.job.table.Tokenizers;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.kernel.Precision;
import io.dialogbert.task.TaskExample;
import io.dialogbert.task.TaskSpec;
import io.dialogbert.text.SerializedTokenizer;
import io.dialogbert.train.Checkpoint;
import io.dialogbert.train.CheckpointNetwork;
import io.dialogbert.train.ExampleReader;
import io.dialogbert.train.HeldOutScoring;
import io.dialogbert.train.NetworkSource;
import io.dialogbert.train.TrainingConfig;
import io.dialogbert.train.TrainingLoop;
import io.dialogbert.train.engine.BertEngine;
import io.dialogbert.train.engine.Engine;
import io.dialogbert.train.run.Selection;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.graph.ComputationGraph;

/**
 * Trains networks for an objective by parameter averaging, and measures them on held-out examples.
 *
 * @param <O> what the objective observes of an example
 */
public final class TaskTraining<O extends Serializable> {
  private final JobContext job;
  private final Objective<O> objective;
  private final boolean swapsPairs;

  public TaskTraining(JobContext job, Objective<O> objective) {
    this(job, objective, false);
  }

  /**
   * Training.
   *
   * @param swapsPairs whether training shows a pair in either order, by chance
   */
  public TaskTraining(JobContext job, Objective<O> objective, boolean swapsPairs) {
    this.job = job;
    this.objective = objective;
    this.swapsPairs = swapsPairs;
  }

  public TaskSpec spec() {
    return objective.spec();
  }

  /** A reader of task examples in the order of the job's seed. */
  public static ExampleReader<TaskExample> reader(JobContext job, List<ExampleReader.Part> parts) {
    return new ExampleReader<>(
        job.spark().sparkContext().hadoopConfiguration(), parts, TaskRows::decode, job.seed());
  }

  /** The loop that trains an encoder with heads in place. */
  public TrainingLoop<PackedBatch> loop(
      ComputationGraph graph,
      SerializedTokenizer tokenizer,
      TrainingConfig config,
      List<ExampleReader.Part> train,
      List<ExampleReader.Part> validation,
      long seed)
      throws IOException {
    BertEngine engine = new BertEngine(graph.getConfiguration().toJson(), config.precision());
    return loop(graph, engine, tokenizer, config, train, validation, seed);
  }

  /**
   * The same without held-out examples: the network of the last step is the trained one.
   *
   * @param seed of the examples' order and of dropout
   */
  public TrainingLoop<PackedBatch> loop(
      ComputationGraph graph,
      SerializedTokenizer tokenizer,
      TrainingConfig config,
      List<ExampleReader.Part> train,
      long seed) {
    BertEngine engine = new BertEngine(graph.getConfiguration().toJson(), config.precision());
    return new TrainingLoop<>(
        job,
        new FinetuneTask(engine, objective, swapsPairs),
        train,
        graph,
        tokenizer,
        config,
        (network, numTasks) -> Map.of(),
        Selection.LEAST_LOSS,
        seed);
  }

  /**
   * The loop that trains {@code graph} in place.
   *
   * @param engine makes networks of the same configuration
   * @param train files of training examples
   * @param validation files of held-out examples for evaluation during training
   * @param seed of the examples' order and of dropout
   */
  public TrainingLoop<PackedBatch> loop(
      ComputationGraph graph,
      Engine<PackedBatch> engine,
      SerializedTokenizer tokenizer,
      TrainingConfig config,
      List<ExampleReader.Part> train,
      List<ExampleReader.Part> validation,
      long seed)
      throws IOException {
    return new TrainingLoop<>(
        job,
        new FinetuneTask(engine, objective, swapsPairs),
        train,
        graph,
        tokenizer,
        config,
        evaluator(engine, validation, config.evaluationExamples()),
        objective.selection(),
        seed);
  }

  /**
   * Computes the figures of networks on held-out examples.
   *
   * @param engine makes networks of the same configuration
   * @param maxExamples maximum number of examples, the first in the order of the seed
   */
  public TrainingLoop.Evaluator<PackedBatch> evaluator(
      Engine<PackedBatch> engine, List<ExampleReader.Part> parts, int maxExamples)
      throws IOException {
    HeldOutScoring<TaskExample, PackedBatch> heldOut = heldOut(engine, parts, maxExamples);
    return (network, numTasks) ->
        objective.figures(heldOut.map(network, numTasks, objective::observe));
  }

  private HeldOutScoring<TaskExample, PackedBatch> heldOut(
      Engine<PackedBatch> engine, List<ExampleReader.Part> parts, int maxExamples)
      throws IOException {
    FinetuneTask task = new FinetuneTask(engine, objective, false);
    return objective.observedTogether() == 1
        ? new HeldOutScoring<>(job.sparkContext(), task, parts, job.seed(), maxExamples)
        : new HeldOutScoring<>(
            job.sparkContext(), task, parts, job.seed(), blocks(parts, maxExamples));
  }

  /**
   * Places of the examples of complete blocks, each of one language, among the first examples in
   * the order of the seed. Examples that are observed one by one are divided into the same blocks.
   */
  private List<List<Long>> blocks(List<ExampleReader.Part> parts, int maxExamples)
      throws IOException {
    ExampleReader<TaskExample> examples = reader(job, parts);
    Map<String, List<Long>> open = new HashMap<>();
    List<List<Long>> blocks = new ArrayList<>();
    for (long place = 0; place < Math.min(maxExamples, examples.size()); place++) {
      String lang = examples.read(place, 1).get(0).lang();
      List<Long> block = open.computeIfAbsent(lang, any -> new ArrayList<>());
      block.add(place);
      if (block.size() == objective.observedTogether()) {
        blocks.add(open.remove(lang));
      }
    }
    return blocks;
  }

  /** A checkpoint's network. */
  public static CheckpointNetwork<PackedBatch> network(
      JobContext job, String checkpoint, Precision precision) throws IOException {
    return new CheckpointNetwork<>(
        new BertEngine(Checkpoint.loadNetworkJson(job.directories(), checkpoint), precision),
        checkpoint);
  }

  /**
   * What a network makes of the examples of several files, in Spark tasks.
   *
   * @param engine makes networks of the same configuration
   * @param maxExamples maximum number of examples, the first in the order of the seed
   */
  public List<O> observe(
      NetworkSource<PackedBatch> network,
      Engine<PackedBatch> engine,
      List<ExampleReader.Part> parts,
      int maxExamples)
      throws IOException {
    return heldOut(engine, parts, maxExamples).map(network, objective::observe);
  }

  /** A checkpoint's figures on the same examples. */
  public Map<String, Double> score(
      String checkpoint, Precision precision, List<ExampleReader.Part> parts, int maxExamples)
      throws IOException {
    CheckpointNetwork<PackedBatch> network = network(job, checkpoint, precision);
    return objective.figures(observe(network, network.engine(), parts, maxExamples));
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

  /**
   * Checks that the encoder of the job's input {@code checkpoint} has a position for every token of
   * the longest texts.
   *
   * @param data the job's name for the task data
   * @throws BadInputException if not; names both
   */
  public static void requirePositions(
      JobContext job, String data, TaskSpec spec, EncoderConfig encoder) {
    int longest = spec.layout().maxSequenceLength();
    if (longest > encoder.maxPositionEmbeddings()) {
      throw new BadInputException(
          job.inputPath(data)
              + " has sequences of up to "
              + longest
              + " tokens, "
              + job.inputPath("checkpoint")
              + " has only "
              + encoder.maxPositionEmbeddings()
              + " positions; build the task data with a smaller max-sequence-length");
    }
  }

  /**
   * Checks that the job's input {@code checkpoint} learned the task of its input {@code task-data},
   * over the same tokenizer.
   *
   * @throws BadInputException if not; names both
   */
  public static void requireTaskOf(JobContext job, TaskSpec spec) throws IOException {
    String checkpoint = job.inputPath("checkpoint");
    TaskSpec learned = Tasks.load(job, checkpoint);
    if (learned.kind() != spec.kind() || !Tasks.classSet(learned).equals(Tasks.classSet(spec))) {
      throw new BadInputException(
          checkpoint
              + " learned "
              + Tasks.describe(learned)
              + ", "
              + job.inputPath("task-data")
              + " has "
              + Tasks.describe(spec)
              + "; give the task data that it learned from");
    }
    Tokenizers.requireIdsOf(
        job.directories(),
        job.inputPath("task-data"),
        Checkpoint.loadTokenizer(job.directories(), checkpoint));
  }
}
