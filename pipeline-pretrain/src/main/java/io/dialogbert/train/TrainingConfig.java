package io.dialogbert.train;

import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.model.dl4j.TrainingSettings;
import java.io.Serializable;
import org.apache.hadoop.fs.Path;

/**
 * How a network is trained.
 *
 * @param batchSize examples of one worker's step
 * @param microBatchSize so many of them are in memory at once
 * @param averaging how the workers come together
 * @param learningRate over the optimiser steps of each worker, whose number it holds
 * @param weightDecay decoupled, not on biases and layer norms
 * @param maxGradientNorm gradients are scaled down to this L2 norm
 * @param optimizer {@code adamw}, or {@code lamb} for large batches
 * @param lossSpikeFactor a round whose loss is so many times the usual is given up; 0 for none
 * @param maxSkippedRounds so many rounds may be given up
 * @param evaluationSteps steps between two evaluations on held-out examples
 * @param evaluationExamples at most so many are scored
 * @param checkpoints what is kept of the way
 */
public record TrainingConfig(
    int batchSize,
    int microBatchSize,
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
   * What is kept of the way.
   *
   * @param directory of the run's states, on a file system that all workers see
   * @param steps between two checkpoints
   * @param keep the newest so many, and the best
   * @param saved which step's network becomes the output
   */
  public record CheckpointConfig(String directory, int steps, int keep, SavedStep saved)
      implements Serializable {}

  /** Which step's network a run ends in. */
  public enum SavedStep {
    LAST,
    /** The least loss on held-out examples, of all evaluations after the start. */
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
   * @param output the job's, beside which the run's directory is
   */
  public static TrainingConfig read(ConfigReader in, String output) {
    return new TrainingConfig(
        in.intBetween("batch-size", 1, 1 << 20),
        in.intBetween("micro-batch-size", 1, 1 << 20),
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
            // A missing output is a problem that is noted already.
            in.optionalPath("checkpoints")
                .orElseGet(() -> output.isBlank() ? "" : new Path(output) + "-checkpoints"),
            in.intBetween("checkpoint-steps", 1, Integer.MAX_VALUE),
            in.intBetween("keep-checkpoints", 0, Integer.MAX_VALUE),
            in.choice("saved-step", SavedStep.class)));
  }

  /** Optimiser steps of each worker. */
  public int numSteps() {
    return learningRate.numSteps();
  }

  /** How the network is trained, with BERT's constants. */
  public TrainingSettings settings() {
    return new TrainingSettings(
        learningRate, weightDecay, 0.9, 0.999, 1e-6, maxGradientNorm, optimizer);
  }

  /**
   * Whether something that is due each {@code interval} steps falls into the round that ended at a
   * step; at the last step it is due in any case.
   */
  boolean isDue(int interval, long step) {
    long before = step - averaging.frequency();
    return step == numSteps() || step / interval > before / interval;
  }
}
