package io.dialogbert.train;

import io.dialogbert.train.engine.Engine;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import org.apache.hadoop.conf.Configuration;

/**
 * What is trained: an engine with its network, and its batches. Sent to the workers.
 *
 * @param <B> a batch
 */
public interface BatchSource<B> extends Serializable {
  Engine<B> engine();

  /**
   * Batches in an order that depends only on the seed.
   *
   * @param parts files of all training examples
   * @param owner an id of the run, drawn by its driver and the same in all of its tasks
   */
  Batches<B> batches(Configuration hadoop, List<ExampleReader.Part> parts, String owner, long seed);

  /** Batches by the position of their first example. */
  @FunctionalInterface
  interface Batches<B> {
    /**
     * Reads a batch.
     *
     * @param position number of the examples before it in all of training, at least that of the
     *     last call
     * @param count number of its examples
     */
    B read(long position, int count) throws IOException;
  }
}
