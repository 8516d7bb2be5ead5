package io.dialogbert.train;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.function.IntToLongFunction;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.dataset.MultiDataSet;

/**
 * What is trained: a network, and how examples become its batches. Sent to the workers.
 *
 * @param <E> an example
 */
public interface TrainingTask<E> extends ExampleReader.Decoder<E>, Serializable {
  /** The configuration of the DL4J ComputationGraph. */
  String networkJson();

  /**
   * Makes a batch of the examples; random choices depend only on the examples' ids and epochs.
   *
   * @param epoch epoch of each example by its index: a batch may begin in one epoch and end in the
   *     next
   */
  MultiDataSet batch(List<E> examples, IntToLongFunction epoch);

  /** The parts of the loss in a network's last training step, by name. */
  Map<String, Double> lastLosses(ComputationGraph graph);
}
