package io.dialogbert.model.dl4j;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Turns Adam into LAMB. Each matrix's update, weight decay included, is scaled by the norm of the
 * matrix over the norm of the update. So no layer moves too far at the learning rate of a large
 * batch.
 *
 * @param weightDecay lambda, at least 0
 * @see <a href="https://arxiv.org/abs/1904.00962">You et al. 2020, algorithm 2</a>
 */
public record TrustRatioDecay(@JsonProperty("weightDecay") double weightDecay)
    implements Regularization {
  @JsonCreator
  public TrustRatioDecay {}

  @Override
  public ApplyStep applyStep() {
    return ApplyStep.POST_UPDATER;
  }

  /** {@code update} is the learning rate times Adam's direction; on return, LAMB's step. */
  @Override
  public void apply(
      INDArray parameter, INDArray update, double learningRate, int iteration, int epoch) {
    if (weightDecay > 0) {
      update.addi(parameter.mul(learningRate * weightDecay));
    }
    double parameterNorm = parameter.norm2Number().doubleValue();
    double updateNorm = update.norm2Number().doubleValue();
    if (parameterNorm > 0 && updateNorm > 0) {
      update.muli(learningRate * parameterNorm / updateNorm);
    }
  }

  /** 0: the decay is not part of the loss. */
  @Override
  public double score(INDArray parameter, int iteration, int epoch) {
    return 0;
  }

  @Override
  public TrustRatioDecay clone() {
    return this;
  }
}
