package io.dialogbert.model.head;

import java.io.Serializable;

/**
 * Sums of a classifier's losses and hits; scores of several batches can be added.
 *
 * @param hardLossSum cross-entropy against the labels in nats, summed over sequences
 * @param softLossSum KL(teacher || student) at the loss's temperature in nats, summed over
 *     sequences; 0 without a teacher
 * @param correct number of sequences whose label had the highest logit
 * @param sequences number of sequences
 */
public record ClassificationScore(
    double hardLossSum, double softLossSum, long correct, long sequences) implements Serializable {
  /** The score of no sequences, to start a sum from. */
  public static final ClassificationScore ZERO = new ClassificationScore(0, 0, 0, 0);

  public ClassificationScore plus(ClassificationScore other) {
    return new ClassificationScore(
        hardLossSum + other.hardLossSum,
        softLossSum + other.softLossSum,
        correct + other.correct,
        sequences + other.sequences);
  }

  /** Mean cross-entropy per sequence in nats. */
  public double hardLoss() {
    return sequences == 0 ? 0 : hardLossSum / sequences;
  }

  /** Mean divergence from the teacher per sequence in nats. */
  public double softLoss() {
    return sequences == 0 ? 0 : softLossSum / sequences;
  }

  /** Share of sequences classified correctly, in [0, 1]. */
  public double accuracy() {
    return sequences == 0 ? 0 : (double) correct / sequences;
  }

  /** The loss that training minimizes, weighted by {@code weights}. */
  public double loss(DistillationLoss weights) {
    double t = weights.temperature();
    return weights.hardWeight() * hardLoss() + weights.softWeight() * t * t * softLoss();
  }
}
