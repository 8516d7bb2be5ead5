package io.dialogbert.model.dl4j;

import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.linalg.learning.regularization.WeightDecay;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * How parameters are updated: Adam with decoupled weight decay on matrices, after clipping the
 * global gradient norm.
 *
 * @param learningRate learning rate by iteration; a class that DL4J's JSON mapper can read back
 * @param weightDecay share of a matrix that a step of learning rate 1 would remove, at least 0
 * @param adamBeta1 decay of the first moment, in [0, 1)
 * @param adamBeta2 decay of the second moment, in [0, 1)
 * @param adamEpsilon added to the root of the second moment, above 0
 * @param maxGradientNorm larger gradients are scaled down to this L2 norm, above 0
 * @param optimizer how Adam's update is applied
 * @param layerDecay the learning rate of a layer is this share of that of the layer above it, in
 *     (0, 1]; the heads have the full rate, the embeddings the least
 * @see <a href="https://arxiv.org/abs/1711.05101">Loshchilov and Hutter 2019, algorithm 2</a>
 * @see <a href="https://arxiv.org/abs/2003.10555">Clark et al. 2020, appendix A: layer-wise decay
 *     of the learning rate</a>
 */
public record TrainingSettings(
    ISchedule learningRate,
    double weightDecay,
    double adamBeta1,
    double adamBeta2,
    double adamEpsilon,
    double maxGradientNorm,
    Optimizer optimizer,
    double layerDecay) {

  /** How Adam's update is applied. */
  public enum Optimizer {
    /** Decoupled weight decay. */
    ADAMW,
    /** Decoupled weight decay and a trust ratio per matrix, for large batches. */
    LAMB;

    Regularization decay(double weightDecay) {
      return this == LAMB ? new TrustRatioDecay(weightDecay) : new WeightDecay(weightDecay, true);
    }
  }

  /**
   * Checks the ranges above.
   *
   * @throws IllegalArgumentException if a value is out of range; names it
   */
  public TrainingSettings {
    require(weightDecay >= 0, "weightDecay must be at least 0, is ", weightDecay);
    require(adamBeta1 >= 0 && adamBeta1 < 1, "adamBeta1 must be in [0, 1), is ", adamBeta1);
    require(adamBeta2 >= 0 && adamBeta2 < 1, "adamBeta2 must be in [0, 1), is ", adamBeta2);
    require(adamEpsilon > 0, "adamEpsilon must be above 0, is ", adamEpsilon);
    require(maxGradientNorm > 0, "maxGradientNorm must be above 0, is ", maxGradientNorm);
    require(
        layerDecay > 0 && layerDecay <= 1,
        "layerDecay must be above 0, at most 1, is ",
        layerDecay);
  }

  /** Settings in which all layers have the same learning rate. */
  public TrainingSettings(
      ISchedule learningRate,
      double weightDecay,
      double adamBeta1,
      double adamBeta2,
      double adamEpsilon,
      double maxGradientNorm,
      Optimizer optimizer) {
    this(
        learningRate,
        weightDecay,
        adamBeta1,
        adamBeta2,
        adamEpsilon,
        maxGradientNorm,
        optimizer,
        1);
  }

  /** These settings with learning rates that decay from layer to layer. */
  public TrainingSettings withLayerDecay(double decay) {
    return new TrainingSettings(
        learningRate,
        weightDecay,
        adamBeta1,
        adamBeta2,
        adamEpsilon,
        maxGradientNorm,
        optimizer,
        decay);
  }

  private static void require(boolean holds, String rule, double value) {
    if (!holds) {
      throw new IllegalArgumentException(rule + value);
    }
  }
}
