package io.dialogbert.train;

import io.dialogbert.common.ConfigReader;
import io.dialogbert.model.TrainingSettings;
import java.io.Serializable;

/**
 * How a network is trained.
 *
 * @param numSteps optimiser steps of each worker
 * @param batchSize examples of one worker's step
 * @param numWorkers Spark tasks that train side by side
 * @param averagingFrequency local steps between two averages
 * @param learningRate peak, reached after the warm-up, then falling linearly to 0
 * @param warmupSteps steps of linear rise
 * @param weightDecay decoupled, not on biases and layer norms
 * @param maxGradientNorm gradients are scaled down to this L2 norm
 * @param optimizer {@code adamw}, or {@code lamb} for large batches
 * @param evaluationSteps steps between two evaluations on held-out examples
 * @param evaluationExamples at most so many are scored
 */
public record TrainingConfig(
    int numSteps,
    int batchSize,
    int numWorkers,
    int averagingFrequency,
    double learningRate,
    int warmupSteps,
    double weightDecay,
    double maxGradientNorm,
    TrainingSettings.Optimizer optimizer,
    int evaluationSteps,
    int evaluationExamples)
    implements Serializable {
  public TrainingConfig {
    if (warmupSteps > numSteps) {
      throw new IllegalArgumentException(
          "warmup-steps = " + warmupSteps + " must be at most num-steps = " + numSteps);
    }
  }

  /** Reads a {@code training} section. */
  public static TrainingConfig read(ConfigReader in) {
    return new TrainingConfig(
        in.intBetween("num-steps", 1, Integer.MAX_VALUE),
        in.intBetween("batch-size", 1, 1 << 20),
        in.intBetween("num-workers", 1, 1 << 16),
        in.intBetween("averaging-frequency", 1, 1 << 20),
        in.doubleBetween("learning-rate", 1e-9, 10),
        in.intBetween("warmup-steps", 0, Integer.MAX_VALUE),
        in.doubleBetween("weight-decay", 0, 1),
        in.doubleBetween("max-gradient-norm", 1e-6, 1e6),
        in.choice("optimizer", TrainingSettings.Optimizer.class),
        in.intBetween("evaluation-steps", 1, Integer.MAX_VALUE),
        in.intBetween("evaluation-examples", 1, Integer.MAX_VALUE));
  }

  /** How the network is trained, with BERT's constants. */
  public TrainingSettings settings() {
    return new TrainingSettings(
        new WarmupLinearSchedule(learningRate, warmupSteps, numSteps),
        weightDecay,
        0.9,
        0.999,
        1e-6,
        maxGradientNorm,
        optimizer);
  }

  /**
   * Whether an evaluation falls into the round that ended at a step; the last step's is made in any
   * case.
   */
  public boolean isEvaluationDue(long step) {
    long before = step - averagingFrequency;
    return step < numSteps && step / evaluationSteps > before / evaluationSteps;
  }
}
