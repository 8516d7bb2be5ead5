package io.dialogbert.finetune.train;

import io.dialogbert.common.Seeds;
import io.dialogbert.dialogue.Splits;
import io.dialogbert.finetune.Tasks;
import io.dialogbert.finetune.objective.Objective;
import io.dialogbert.frame.JobContext;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.text.SerializedTokenizer;
import io.dialogbert.train.Checkpoint;
import io.dialogbert.train.CheckpointNetwork;
import io.dialogbert.train.ExampleReader;
import io.dialogbert.train.TrainingConfig;
import io.dialogbert.train.TrainingLoop;
import io.dialogbert.train.engine.Engine;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongFunction;
import org.apache.hadoop.fs.Path;
import org.deeplearning4j.nn.graph.ComputationGraph;

/**
 * Trains a network on the job's {@code task-data} from each of several seeds. The best on the
 * validation split is the job's output; then all are measured on the test split.
 *
 * @param swapsPairs whether training shows a pair in either order, by chance
 * @param start makes the network that training begins with
 * @param engine makes the engine of such a network
 */
record SeedRuns<O extends Serializable>(
    JobContext job,
    Objective<O> objective,
    SerializedTokenizer tokenizer,
    boolean swapsPairs,
    Start start,
    Function<ComputationGraph, Engine<PackedBatch>> engine) {
  /** Holds the untrained network while it is needed for comparison. */
  private static final String BEFORE = "_before";

  /** Makes the network that training with some settings begins with, from a seed. */
  @FunctionalInterface
  interface Start {
    ComputationGraph network(TrainingConfig settings, long seed);
  }

  /** A network that was trained from a seed. */
  private record Run(
      long seed,
      TrainingLoop<PackedBatch> loop,
      TrainingLoop.Trained<PackedBatch> trained,
      Engine<PackedBatch> engine) {}

  /**
   * Trains, and writes the output.
   *
   * @param settings settings of training, by the number of training examples
   */
  void run(int numSeeds, LongFunction<TrainingConfig> settings) throws IOException {
    List<ExampleReader.Part> train = TaskTraining.parts(job, "task-data", Splits.TRAIN);
    List<ExampleReader.Part> validation = TaskTraining.parts(job, "task-data", Splits.VALIDATION);
    List<ExampleReader.Part> test = TaskTraining.parts(job, "task-data", Splits.TEST);
    long rows = train.stream().mapToLong(ExampleReader.Part::rows).sum();
    TrainingConfig config = settings.apply(rows);
    TaskTraining<O> training = new TaskTraining<>(job, objective, swapsPairs);
    Path before = job.outputPath(BEFORE);
    List<Run> runs = new ArrayList<>();
    for (int i = 0; i < numSeeds; i++) {
      long seed = i == 0 ? job.seed() : Seeds.hash(job.seed(), "run", i);
      ComputationGraph graph = start.network(config, seed);
      if (i == 0) {
        new Checkpoint(graph, tokenizer, 0).save(job.directories(), before);
      }
      Engine<PackedBatch> ofGraph = engine.apply(graph);
      TrainingLoop<PackedBatch> loop =
          training.loop(
              graph,
              ofGraph,
              tokenizer,
              numSeeds == 1 ? config : config.withStatesIn("seed-" + i),
              train,
              validation,
              seed);
      runs.add(new Run(seed, loop, loop.train(), ofGraph));
    }
    Run best =
        Collections.min(
            runs,
            Comparator.comparing(run -> run.trained().saved(), objective.selection().bestFirst()));
    best.loop()
        .save(best.trained())
        .forEach((name, value) -> job.figure("validation_" + name, value));
    Tasks.save(job, objective.spec());
    job.count("rows_in", rows);

    // The test split is read only now that the choice is made.
    int maxTest =
        objective.observedTogether() == 1 ? Integer.MAX_VALUE : config.evaluationExamples();
    SeedTable seeds = new SeedTable();
    for (Run run : runs) {
      List<O> observed = training.observe(run.trained().network(), run.engine(), test, maxTest);
      job.count("test_examples", observed.size());
      seeds.add(
          run.seed(),
          run.trained().saved(),
          objective.figures(observed),
          run.seed() == best.seed());
    }
    Map<String, Double> untrained =
        objective.figures(
            training.observe(
                new CheckpointNetwork<>(runs.get(0).engine(), before.toString()),
                runs.get(0).engine(),
                test,
                maxTest));
    job.directories().fileSystem(before).delete(before, true);
    untrained.forEach((name, value) -> job.figure("test_" + name + "_before", value));
    Optional<Double> majority = TaskBaselines.majority(job, "task-data", objective.spec());
    seeds.report(job, objective.selection().figure(), majority);
    majority.ifPresent(share -> job.figure("baseline_most_frequent_class_accuracy", share));
    summarize(seeds.best(), untrained, majority);
  }

  private void summarize(
      Map<String, Double> test, Map<String, Double> before, Optional<Double> majority) {
    String figure = objective.selection().figure();
    job.addToSummary(
        String.format(
            Locale.ROOT,
            "  %s: %s %.1f %s(before training %.1f), in percent",
            objective.spec().name(),
            figure,
            100 * test.get(figure),
            majority
                .map(
                    share -> String.format(Locale.ROOT, "(most frequent class %.1f) ", 100 * share))
                .orElse(""),
            100 * before.get(figure)));
    objective.comparison().ifPresent(words -> job.addToSummary("  compared: " + words));
  }
}
