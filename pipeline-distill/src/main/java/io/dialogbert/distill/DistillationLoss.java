package io.dialogbert.distill;

/**
 * Weights of the true labels and the teacher's outputs in a student's loss: hardWeight *
 * cross-entropy + softWeight * T^2 * KL(softmax(teacher / T) || softmax(student / T)), both
 * averaged over sequences.
 *
 * @param hardWeight weight of the labels, at least 0
 * @param softWeight weight of the teacher, at least 0
 * @param temperature T, above 0
 * @see <a href="https://arxiv.org/abs/1503.02531">Hinton et al. 2015, section 2</a>
 */
record DistillationLoss(double hardWeight, double softWeight, double temperature) {
  DistillationLoss {
    if (!(hardWeight >= 0 && softWeight >= 0 && hardWeight + softWeight > 0)) {
      throw new IllegalArgumentException(
          "hard-weight = "
              + hardWeight
              + " and soft-weight = "
              + softWeight
              + " must be at least 0, and not both 0");
    }
  }
}
