package io.dialogbert.train;

import io.dialogbert.model.dl4j.VectorCopy;
import java.util.Map;
import org.nd4j.linalg.dataset.MultiDataSet;

/** The interface to a training engine: one network that trains on one device. */
public interface LocalTrainer extends AutoCloseable {
  /** Sets the number of steps done; learning rate, bias correction and dropout depend on it. */
  void setStep(long step);

  /** The network's parameters, for reading and writing. */
  VectorCopy params();

  /** The optimizer's state (for Adam, both moments), for reading and writing. */
  VectorCopy updater();

  /**
   * Takes one optimizer step.
   *
   * @return the parts of the loss on this batch, by name, before the step
   * @throws io.dialogbert.model.dl4j.NonFiniteLossException if the loss or the gradient norm is not
   *     finite
   */
  Map<String, Double> step(MultiDataSet batch);

  /** L2 norm of the last step's gradient, over all parameters, before clipping. */
  double gradientNorm();

  @Override
  void close();
}
