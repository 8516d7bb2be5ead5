package io.dialogbert.model.head;

import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Weights of the true labels and the teacher's outputs in a student's loss: hardWeight *
 * cross-entropy + softWeight * T^2 * KL(softmax(teacher / T) || softmax(student / T)), both
 * averaged over sequences. T^2 keeps the size of the soft gradient independent of T.
 *
 * @param hardWeight weight of the labels, at least 0
 * @param softWeight weight of the teacher, at least 0
 * @param temperature T, above 0
 * @see <a href="https://arxiv.org/abs/1503.02531">Hinton et al. 2015, section 2</a>
 */
public record DistillationLoss(
    @JsonProperty("hardWeight") double hardWeight,
    @JsonProperty("softWeight") double softWeight,
    @JsonProperty("temperature") double temperature) {
  /** Labels only: plain cross-entropy. */
  public static final DistillationLoss LABELS_ONLY = new DistillationLoss(1, 0, 1);

  @JsonCreator
  public DistillationLoss {
    if (!(hardWeight >= 0 && softWeight >= 0 && hardWeight + softWeight > 0)) {
      throw new IllegalArgumentException(
          "hard-weight = "
              + hardWeight
              + " and soft-weight = "
              + softWeight
              + " must be at least 0, and not both 0");
    }
    if (!(temperature > 0)) {
      throw new IllegalArgumentException("temperature must be above 0, is " + temperature);
    }
  }

  /** Whether teacher logits are needed. */
  public boolean usesTeacher() {
    return softWeight > 0;
  }
}
