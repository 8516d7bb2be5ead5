package io.dialogbert.distill;

import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.model.head.Weight;
import java.io.Serializable;

/**
 * Weights of the true labels and of the teachers in a student's loss.
 *
 * @param hard weight of the task's own loss
 * @param soft weight of the distance from the teachers
 * @param temperature T of the softmax of classes, above 0
 * @see <a href="https://arxiv.org/abs/1503.02531">Hinton et al. 2015, section 2</a>
 */
record DistillationLoss(Weight hard, Weight soft, double temperature) implements Serializable {
  /**
   * Reads the settings. With annealing, training begins with the teachers alone and ends with the
   * labels alone (Clark et al. 2019, section 3.2).
   *
   * @param steps number of training steps
   */
  static DistillationLoss read(ConfigReader in, int steps) {
    double hard = in.doubleBetween("hard-weight", 0, 1e6);
    double soft = in.doubleBetween("soft-weight", 0, 1e6);
    double temperature = in.doubleBetween("temperature", 0.01, 1000);
    boolean anneals = in.flag("annealing");
    if (hard == 0 && soft == 0) {
      in.problem("hard-weight", "must be above 0 if soft-weight is 0");
    }
    if (anneals && (hard == 0 || soft == 0)) {
      in.problem("annealing", "must be false if hard-weight or soft-weight is 0");
    }
    return new DistillationLoss(
        anneals ? new Weight(0, hard, steps) : Weight.constant(hard),
        anneals ? new Weight(soft, 0, steps) : Weight.constant(soft),
        temperature);
  }

  /** From labels alone. */
  static DistillationLoss ofLabels() {
    return new DistillationLoss(Weight.ONE, Weight.constant(0), 1);
  }

  /** Whether teachers are asked at all. */
  boolean asksTeachers() {
    return soft.from() > 0;
  }
}
