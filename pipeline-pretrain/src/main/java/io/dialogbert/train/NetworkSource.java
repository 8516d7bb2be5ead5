package io.dialogbert.train;

import java.io.IOException;
import java.io.Serializable;

/** Where a Spark task gets a network with its parameters from, so that the driver needs none. */
public interface NetworkSource extends Serializable {
  /**
   * A network that nobody else uses until it is closed.
   *
   * @param threads that its arithmetic may use
   * @throws io.dialogbert.common.BadInputException if a file of it is missing or torn
   */
  Dl4jTrainer open(int threads) throws IOException;
}
