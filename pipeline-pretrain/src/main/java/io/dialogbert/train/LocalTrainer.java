package io.dialogbert.train;

import java.util.Map;
import org.nd4j.linalg.dataset.MultiDataSet;

/** The seam above an engine: one network that trains on one device. */
public interface LocalTrainer {
  /** Replaces the network's state. */
  void load(TrainerState state);

  /**
   * One optimiser step.
   *
   * @return the parts of the loss on this batch, by name, before the step
   */
  Map<String, Double> step(MultiDataSet batch);

  /** The state after the last step; a copy. */
  TrainerState state();
}
