package io.dialogbert.model.dl4j;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.regularization.Regularization;

/**
 * Gives a parameter a share of the learning rate: of Adam's update and of the weight decay. Comes
 * after everything that depends on the rate.
 *
 * @param share in (0, 1]
 */
record LayerRate(double share) implements Regularization {
  @Override
  public ApplyStep applyStep() {
    return ApplyStep.POST_UPDATER;
  }

  @Override
  public void apply(
      INDArray parameter, INDArray update, double learningRate, int iteration, int epoch) {
    update.muli(share);
  }

  /** 0: the rate is not part of the loss. */
  @Override
  public double score(INDArray parameter, int iteration, int epoch) {
    return 0;
  }

  @Override
  public LayerRate clone() {
    return this;
  }
}
