package io.dialogbert.train;

import io.dialogbert.common.BadInputException;
import io.dialogbert.common.StoppedException;
import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.store.Manifest;
import io.dialogbert.text.SerializedTokenizer;
import io.dialogbert.train.engine.GraphState;
import io.dialogbert.train.engine.NetworkState;
import io.dialogbert.train.run.Evaluation;
import io.dialogbert.train.run.Position;
import io.dialogbert.train.run.RunDirectory;
import io.dialogbert.train.run.Selection;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trains a network from the start or from where an earlier run stopped, with evaluations,
 * checkpoints and metrics.
 *
 * @param <B> a batch
 */
public final class TrainingLoop<B> {
  private static final Logger LOG = LoggerFactory.getLogger(TrainingLoop.class);

  private static final String TRAIN_SECONDS = "train_seconds";

  /** These add up to the wall time. */
  private static final List<String> SECONDS =
      List.of(TRAIN_SECONDS, "averaging_seconds", "checkpoint_seconds", "evaluation_seconds");

  /** Scores a network on held-out examples. */
  @FunctionalInterface
  public interface Evaluator<B> {
    /**
     * Returns losses and accuracies by name; the names of losses end in {@code loss}.
     *
     * @param numTasks number of tasks that can each hold a network in parallel
     */
    Map<String, Double> evaluate(NetworkSource<B> network, int numTasks) throws IOException;
  }

  private final JobContext job;
  private final List<ExampleReader.Part> parts;
  private final SerializedTokenizer tokenizer;
  private final TrainingConfig config;
  private final Evaluator<B> heldOut;
  private final ComputationGraph graph;
  private final NetworkState network;
  private final RunDirectory run;
  private final AveragingTrainer<B> trainer;
  // State of the training in progress.
  private MetricsLog metrics;
  private Progress progress;
  private boolean begun;

  /**
   * A trained network, not yet the job's output.
   *
   * @param end where training ended
   * @param position the state that is to become the output
   * @param saved that state's evaluation
   * @param network that state's network
   */
  public record Trained<B>(
      Position end, Position position, Evaluation saved, NetworkSource<B> network) {}

  /**
   * Creates a loop over files of examples in the order of the job's seed. The step with the least
   * loss is the best one.
   *
   * @param graph the network, trained in place
   */
  public TrainingLoop(
      JobContext job,
      BatchSource<B> task,
      List<ExampleReader.Part> parts,
      ComputationGraph graph,
      SerializedTokenizer tokenizer,
      TrainingConfig config,
      Evaluator<B> heldOut) {
    this(job, task, parts, graph, tokenizer, config, heldOut, Selection.LEAST_LOSS, job.seed());
  }

  /**
   * Creates a loop over files of examples.
   *
   * @param graph the network, trained in place
   * @param selection tells which step is the best one
   * @param seed of the examples' order and of dropout
   */
  public TrainingLoop(
      JobContext job,
      BatchSource<B> task,
      List<ExampleReader.Part> parts,
      ComputationGraph graph,
      SerializedTokenizer tokenizer,
      TrainingConfig config,
      Evaluator<B> heldOut,
      Selection selection,
      long seed) {
    this.job = job;
    this.parts = parts;
    this.tokenizer = tokenizer;
    this.config = config;
    this.heldOut = heldOut;
    this.graph = graph;
    this.network = new GraphState(graph);
    this.run =
        new RunDirectory(
            job.sparkContext().hadoopConfiguration(), config.checkpoints().directory(), selection);
    this.trainer = new AveragingTrainer<>(job.sparkContext(), task, parts, config, seed, run);
  }

  /**
   * Trains to the end, or until the patience is exhausted. Goes on after {@link #advance}.
   *
   * @throws BadInputException if there are fewer examples than workers
   * @throws StoppedException if a stop was requested; the state is kept
   */
  public Trained<B> train() throws IOException {
    Position end = trainTo(config.numSteps());
    boolean lostPatience = hasLostPatience(end);
    if (lostPatience) {
      LOG.info(
          "ends after step {} of {}: none of the last {} steps had a better figure than step {}",
          end.step(),
          config.numSteps(),
          config.checkpoints().patience(),
          run.lastImproved().orElseThrow().step());
    }
    // The last step of all is not evaluated with its round.
    Evaluation saved =
        lostPatience ? run.best().orElseThrow() : choose(new Evaluation(end.step(), evaluate(end)));
    Position position = saved.step() == end.step() ? end : run.bestPosition(saved.step());
    return new Trained<>(end, position, saved, trainer.network(position));
  }

  /**
   * Trains a part of the way, to the end of the round in which a step lies. What {@link #train}
   * then makes is the same as without this.
   *
   * @return that state's figures on the held-out examples
   * @throws BadInputException if there are fewer examples than workers
   * @throws StoppedException if a stop was requested; the state is kept
   */
  public Map<String, Double> advance(long step) throws IOException {
    Position end = trainTo(step);
    // Not logged: an evaluation more would be one more state to choose from.
    return heldOut.evaluate(trainer.network(end), config.averaging().numWorkers());
  }

  private Position trainTo(long step) throws IOException {
    requireExamples();
    job.alsoWrites("training.checkpoints", run.root());
    Slots.require(job.sparkContext(), config.averaging().numWorkers());
    StopRequest stop = StopRequest.listen(run);
    Optional<Position> left =
        run.open(job.plan(), config.numSteps(), job.resume() || begun, job.overwrite());
    begun = true;
    Position start = left.isPresent() ? left.get() : trainer.start(network);
    if (left.isPresent()) {
      logResume(start);
    }
    boolean cutOff = lacksCheckpoint(start);
    metrics = new MetricsLog(run, start.step(), cutOff || start.step() == config.numSteps());
    progress = new Progress(metrics, config, start);
    if (cutOff || !metrics.has(start.step(), Progress.EVALUATION)) {
      evaluateAndCheckpoint(start);
    }
    Position end =
        start.step() >= step || hasLostPatience(start)
            ? start
            : trainer.train(
                start,
                round -> {
                  progress.round(round);
                  evaluateAndCheckpoint(round.end());
                  return round.end().step() < step
                      && !hasLostPatience(round.end())
                      && !stop.isAsked();
                });
    metrics.flush();
    if (end.step() < step && !hasLostPatience(end)) {
      throw new StoppedException(
          "stopped on request after step "
              + end.step()
              + " of "
              + config.numSteps()
              + "; run again with --resume to go on");
    }
    return end;
  }

  /**
   * Whether the main figure has not improved for so long that training ends. Depends on the states
   * alone, so a resumed run ends at the same step.
   */
  private boolean hasLostPatience(Position at) throws IOException {
    int patience = config.checkpoints().patience();
    if (patience == 0 || at.step() == config.numSteps()) {
      return false;
    }
    Optional<Evaluation> improved = run.lastImproved();
    return improved.isPresent() && at.step() - improved.get().step() >= patience;
  }

  /**
   * Writes the checkpoint to the job's output, and adds its figures to the manifest.
   *
   * @param trained what {@link #train} returned
   * @return the evaluation of the step whose network is the output
   */
  public Map<String, Double> save(Trained<B> trained) throws IOException {
    Position end = trained.end();
    Position position = trained.position();
    Evaluation saved = trained.saved();
    trainer.load(position, network);
    job.count("examples_seen", end.examplesSeen());
    job.count("num_parameters", graph.numParams());
    job.count("steps", end.step());
    job.count("saved_step", saved.step());
    job.count("skipped_rounds", end.skippedRounds());
    new Checkpoint(graph, tokenizer, position.examplesSeen()).save(job.directories(), job.output());
    progress.output(end.step(), saved.step());
    reportTimes(end);
    Path lines = job.outputPath("metrics.jsonl");
    job.directories().writeString(lines, metrics.toJsonLines());
    job.write(metrics.toTable(job.spark(), lines).coalesce(1), "metrics");
    // The run can be resumed from the last state if it is given more steps.
    job.afterCommit(() -> run.keep(config.checkpoints().keep(), Optional.of(end.step())));
    return saved.values();
  }

  /** The evaluation of the step whose network becomes the output. */
  private Evaluation choose(Evaluation last) throws IOException {
    return config.checkpoints().saved() == TrainingConfig.SavedStep.LAST
        ? last
        : run.best().orElse(last);
  }

  /** Reports where the run's time went, over all of its processes. */
  private void reportTimes(Position end) throws IOException {
    double all = 0;
    for (String what : SECONDS) {
      double seconds = metrics.total(what);
      job.figure(what, seconds);
      all += seconds;
    }
    job.figure("examples_per_second", end.examplesSeen() / all);
    job.figure("loader_seconds", metrics.total("loader_seconds"));
    job.figure("not_training_share", 1 - metrics.total(TRAIN_SECONDS) / all);
  }

  private void requireExamples() {
    long examples = parts.stream().mapToLong(ExampleReader.Part::rows).sum();
    int workers = config.averaging().numWorkers();
    if (examples < workers) {
      throw new BadInputException(
          examples + " training examples are fewer than num-workers = " + workers);
    }
  }

  private void logResume(Position start) {
    LOG.info(
        "resumes after step {} of {}, at a learning rate of {}",
        start.step(),
        config.numSteps(),
        config.learningRate().valueAt(Math.toIntExact(start.step()), 0));
    int workers = config.averaging().numWorkers();
    if (start.numWorkers() != workers) {
      LOG.warn(
          "goes on with {} workers where there were {}: a step has another number of examples",
          workers,
          start.numWorkers());
    }
  }

  private Map<String, Double> evaluate(Position at) throws IOException {
    Map<String, Double> values =
        heldOut.evaluate(trainer.network(at), config.averaging().numWorkers());
    if (config.checkpoints().saved() == TrainingConfig.SavedStep.BEST && at.step() > 0) {
      // Written before the metrics: their line states that the evaluation is complete.
      run.evaluated(new Evaluation(at.step(), values));
    }
    progress.evaluation(at.step(), values);
    return values;
  }

  /**
   * Whether the earlier process ended after a state was committed, but before the checkpoint due at
   * that state was complete.
   */
  private boolean lacksCheckpoint(Position start) throws IOException {
    return start.step() > 0
        && config.isDue(config.checkpoints().steps(), start.step())
        && job.directories().manifest(run.path(start.step()).toString()).isEmpty();
  }

  /** Does what is due at a state, either the start or the end of a round. */
  private void evaluateAndCheckpoint(Position end) throws IOException {
    boolean first = end.step() == 0;
    boolean last = end.step() == config.numSteps();
    boolean checkpoint = !first && !last && config.isDue(config.checkpoints().steps(), end.step());
    boolean evaluation = first || (!last && config.isDue(config.evaluationSteps(), end.step()));
    if (checkpoint || evaluation) {
      Map<String, Double> values = evaluate(end);
      if (checkpoint) {
        trainer.load(end, network);
        save(end, values);
        progress.checkpoint(end.step());
        metrics.newFile();
      }
    }
    run.keep(config.checkpoints().keep(), Optional.of(end.step()));
  }

  /**
   * Turns a state's directory into a checkpoint. As in a job's output, the manifest is written
   * last.
   */
  private void save(Position end, Map<String, Double> values) throws IOException {
    Path directory = run.path(end.step());
    run.deleteFilesExcept(end);
    new Checkpoint(graph, tokenizer, end.examplesSeen()).save(job.directories(), directory);
    SortedMap<String, Long> counts = new TreeMap<>();
    counts.put("steps", end.step());
    counts.put("examples_seen", end.examplesSeen());
    counts.put("num_parameters", graph.numParams());
    SortedMap<String, Double> figures = new TreeMap<>();
    values.forEach((name, value) -> figures.put("validation_" + name, value));
    figures.put(RunDirectory.COST, run.cost(new Evaluation(end.step(), values)));
    Manifest manifest = job.plan().with(counts, figures, job.describe(directory), new TreeMap<>());
    run.write(new Path(directory, Manifest.FILE_NAME), manifest.toJson());
  }
}
