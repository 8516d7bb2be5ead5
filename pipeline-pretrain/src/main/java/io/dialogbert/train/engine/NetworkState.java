package io.dialogbert.train.engine;

import io.dialogbert.model.ParameterLayout;
import io.dialogbert.model.dl4j.VectorCopy;

/** What training changes in a network, for reading and writing. */
public interface NetworkState {
  /** Sets the number of steps done; learning rate, bias correction and dropout depend on it. */
  void setStep(long step);

  VectorCopy params();

  /** Names the parts of {@link #params}. */
  ParameterLayout layout();

  /** The optimizer's state: for Adam, both moments. */
  VectorCopy optimizerState();
}
