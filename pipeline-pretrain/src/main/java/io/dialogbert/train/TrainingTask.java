package io.dialogbert.train;

import java.util.List;
import java.util.function.IntToLongFunction;
import org.apache.hadoop.conf.Configuration;

/**
 * Training on examples of one kind: how rows become examples, and these become batches.
 *
 * @param <E> an example
 * @param <B> a batch
 */
public interface TrainingTask<E, B> extends BatchSource<B>, ExampleReader.Decoder<E> {
  /**
   * Makes a batch of the examples; random choices depend only on the examples' ids and epochs.
   *
   * @param epoch epoch of each example by its index: a batch may begin in one epoch and end in the
   *     next
   */
  B batch(List<E> examples, IntToLongFunction epoch);

  @Override
  default Batches<B> batches(
      Configuration hadoop, List<ExampleReader.Part> parts, String owner, long seed) {
    ExampleReader<E> examples = ExampleReader.shared(hadoop, parts, this, owner, seed);
    return (position, count) ->
        batch(examples.read(position, count), place -> examples.epoch(position + place));
  }
}
