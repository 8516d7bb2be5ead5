package io.dialogbert.train;

import io.dialogbert.model.dl4j.VectorCopy;
import java.util.Map;
import org.nd4j.linalg.dataset.MultiDataSet;

/** The seam above an engine: one network that trains on one device. */
public interface LocalTrainer extends AutoCloseable {
  /** Sets the number of steps done, by which learning rate, moments and dropout go. */
  void goTo(long step);

  /** The network's parameters, to be read and written. */
  VectorCopy params();

  /** The optimiser's state (for Adam, both moments), to be read and written. */
  VectorCopy updater();

  /**
   * One optimiser step.
   *
   * @return the parts of the loss on this batch, by name, before the step
   * @throws io.dialogbert.model.dl4j.NonFiniteLossException if the loss is not finite
   */
  Map<String, Double> step(MultiDataSet batch);

  /** L2 norm of the last step's gradient, over all parameters, before it was clipped. */
  double gradientNorm();

  @Override
  void close();
}
