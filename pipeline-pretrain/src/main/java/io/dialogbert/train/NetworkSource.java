package io.dialogbert.train;

import io.dialogbert.train.engine.Trainer;
import java.io.IOException;
import java.io.Serializable;

/**
 * Where a Spark task gets a network and its parameters, so that the driver needs neither.
 *
 * @param <B> a batch
 */
public interface NetworkSource<B> extends Serializable {
  /**
   * Opens a network. Nobody else uses it until it is closed.
   *
   * @param threads number of threads that its arithmetic may use
   * @throws io.dialogbert.common.BadInputException if a file is missing, truncated or corrupt
   */
  Trainer<B> open(int threads) throws IOException;
}
