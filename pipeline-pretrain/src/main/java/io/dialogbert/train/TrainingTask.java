package io.dialogbert.train;

import io.dialogbert.train.engine.Engine;
import java.util.List;
import java.util.function.IntToLongFunction;

/**
 * What is trained: an engine with its network, and how examples become its batches. Sent to the
 * workers.
 *
 * @param <E> an example
 * @param <B> a batch
 */
public interface TrainingTask<E, B> extends ExampleReader.Decoder<E> {
  Engine<B> engine();

  /**
   * Makes a batch of the examples; random choices depend only on the examples' ids and epochs.
   *
   * @param epoch epoch of each example by its index: a batch may begin in one epoch and end in the
   *     next
   */
  B batch(List<E> examples, IntToLongFunction epoch);
}
