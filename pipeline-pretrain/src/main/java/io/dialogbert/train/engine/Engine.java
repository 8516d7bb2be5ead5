package io.dialogbert.train.engine;

import java.io.Serializable;

/**
 * Makes trainers of one network. Sent to Spark tasks.
 *
 * @param <B> a batch
 */
public interface Engine<B> extends Serializable {
  /**
   * Opens a trainer. Nobody else uses its network until it is closed. The values of its parameters
   * are undefined.
   *
   * @param threads number of threads that its arithmetic may use
   * @param dropoutSeed seed of its dropout masks; workers must not share one
   * @param maxSequences number of sequences of a batch in memory at once
   */
  Trainer<B> open(int threads, long dropoutSeed, int maxSequences);
}
