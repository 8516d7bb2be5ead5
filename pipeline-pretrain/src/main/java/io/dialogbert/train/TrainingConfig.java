package io.dialogbert.train;

import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.model.dl4j.TrainingSettings;
import io.dialogbert.model.kernel.Precision;
import java.io.Serializable;
import org.apache.hadoop.fs.Path;

/**
 * Settings of training.
 *
 * @param batchSize number of examples in one worker's step
 * @param microBatchSize number of those examples in memory at once
 * @param precision of the matrix products
 * @param averaging how the workers' states are averaged
 * @param learningRate schedule over the optimizer steps of each worker; also holds their number
 * @param weightDecay decoupled, not on biases and layer norms
 * @param maxGradientNorm larger gradients are scaled down to this L2 norm
 * @param optimizer {@code adamw}, or {@code lamb} for large batches
 * @param lossSpikeFactor a round whose loss exceeds this multiple of the usual loss is discarded; 0
 *     for no limit
 * @param maxSkippedRounds maximum number of rounds that may be discarded
 * @param evaluationSteps steps between two evaluations on held-out examples
 * @param evaluationExamples maximum number of examples to score
 * @param checkpoints which states are kept, and where
 */
public record TrainingConfig(
    int batchSize,
    int microBatchSize,
    Precision precision,
    AveragingConfig averaging,
    WarmupSchedule learningRate,
    double weightDecay,
    double maxGradientNorm,
    TrainingSettings.Optimizer optimizer,
    double lossSpikeFactor,
    int maxSkippedRounds,
    int evaluationSteps,
    int evaluationExamples,
    CheckpointConfig checkpoints)
    implements Serializable {

  /**
   * Which states are kept.
   *
   * @param directory directory of the run's states, on a file system that all workers see
   * @param steps steps between two checkpoints
   * @param keep number of newest checkpoints to keep, besides the best one
   * @param saved which step's network becomes the output
   * @param patience training ends if the main figure has not improved for this many steps; 0 to
   *     train to the end
   */
  public record CheckpointConfig(
      String directory, int steps, int keep, SavedStep saved, int patience)
      implements Serializable {
    public CheckpointConfig {
      if (patience > 0 && saved != SavedStep.BEST) {
        throw new IllegalArgumentException("patience-steps needs saved-step = best");
      }
    }
  }

  /** The step whose network a run outputs. */
  public enum SavedStep {
    LAST,
    /** The best of all evaluated steps after the start. */
    BEST
  }

  public TrainingConfig {
    if (learningRate.warmupSteps() > learningRate.numSteps()) {
      throw new IllegalArgumentException(
          "warmup-steps = "
              + learningRate.warmupSteps()
              + " must be at most num-steps = "
              + learningRate.numSteps());
    }
  }

  /**
   * Reads a {@code training} section.
   *
   * @param output the job's output; the run's directory is next to it by default
   */
  public static TrainingConfig read(ConfigReader in, String output) {
    return new TrainingConfig(
        in.intBetween("batch-size", 1, 1 << 20),
        in.intBetween("micro-batch-size", 1, 1 << 20),
        precision(in),
        AveragingConfig.read(in),
        new WarmupSchedule(
            in.doubleBetween("learning-rate", 1e-9, 10),
            in.intBetween("warmup-steps", 0, Integer.MAX_VALUE),
            in.intBetween("num-steps", 1, Integer.MAX_VALUE),
            in.doubleBetween("decay-power", 0, 10)),
        in.doubleBetween("weight-decay", 0, 1),
        in.doubleBetween("max-gradient-norm", 1e-6, 1e6),
        in.choice("optimizer", TrainingSettings.Optimizer.class),
        in.doubleBetween("loss-spike-factor", 0, 1e6),
        in.intBetween("max-skipped-rounds", 0, Integer.MAX_VALUE),
        in.intBetween("evaluation-steps", 1, Integer.MAX_VALUE),
        in.intBetween("evaluation-examples", 1, Integer.MAX_VALUE),
        new CheckpointConfig(
            // A missing output has already been reported as a problem.
            in.optionalPath("checkpoints")
                .orElseGet(() -> output.isBlank() ? "" : new Path(output) + "-checkpoints"),
            in.intBetween("checkpoint-steps", 1, Integer.MAX_VALUE),
            in.intBetween("keep-checkpoints", 0, Integer.MAX_VALUE),
            in.choice("saved-step", SavedStep.class),
            in.intBetween("patience-steps", 0, Integer.MAX_VALUE)));
  }

  private static Precision precision(ConfigReader in) {
    Precision precision = in.choice("precision", Precision.class);
    if (precision == Precision.INT8) {
      in.problem("precision", "must be auto, float32 or bfloat16: int8 is for inference");
    }
    return precision;
  }

  /** These settings with a directory of their own below that of the states. */
  public TrainingConfig withStatesIn(String name) {
    return with(
        learningRate,
        evaluationSteps,
        new CheckpointConfig(
            checkpoints.directory() + "/" + name,
            checkpoints.steps(),
            checkpoints.keep(),
            checkpoints.saved(),
            checkpoints.patience()));
  }

  /**
   * These settings for a number of epochs instead of steps, with two evaluations in each.
   *
   * @param epochs above 0
   * @param warmupShare share of the steps with a rising learning rate, in [0, 1]
   * @param rows number of training examples
   */
  public TrainingConfig withEpochs(double epochs, double warmupShare, long rows) {
    double stepsOfEpoch = rows / ((double) batchSize * averaging.numWorkers());
    int steps = Math.toIntExact((long) Math.ceil(epochs * stepsOfEpoch));
    return with(
        new WarmupSchedule(
            learningRate.peak(),
            (int) Math.round(warmupShare * steps),
            steps,
            learningRate.decayPower()),
        Math.max(1, (int) Math.round(stepsOfEpoch / 2)),
        checkpoints);
  }

  private TrainingConfig with(
      WarmupSchedule schedule, int stepsBetweenEvaluations, CheckpointConfig states) {
    return new TrainingConfig(
        batchSize,
        microBatchSize,
        precision,
        averaging,
        schedule,
        weightDecay,
        maxGradientNorm,
        optimizer,
        lossSpikeFactor,
        maxSkippedRounds,
        stepsBetweenEvaluations,
        evaluationExamples,
        states);
  }

  /** Number of optimizer steps of each worker. */
  public int numSteps() {
    return learningRate.numSteps();
  }

  /** The settings of the update, with BERT's constants. */
  public TrainingSettings settings() {
    return new TrainingSettings(
        learningRate, weightDecay, 0.9, 0.999, 1e-6, maxGradientNorm, optimizer);
  }

  /**
   * Whether something due every {@code interval} steps is due in the round that ended at a step. At
   * the last step it is always due.
   */
  boolean isDue(int interval, long step) {
    long before = step - averaging.frequency();
    return step == numSteps() || step / interval > before / interval;
  }
}
