package io.dialogbert.train;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.function.IntToLongFunction;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.dataset.MultiDataSet;

/**
 * What is learned: a network, and how its batches are made of examples. Crosses the wire to the
 * workers.
 *
 * @param <E> an example
 */
public interface TrainingTask<E> extends ExampleReader.Decoder<E>, Serializable {
  /** The configuration of DL4J's ComputationGraph. */
  String networkJson();

  /**
   * A batch of the examples; random choices depend on the examples' ids and epochs alone.
   *
   * @param epoch of each example by its place: a batch may begin in one epoch and end in the next
   */
  MultiDataSet batch(List<E> examples, IntToLongFunction epoch);

  /** The parts of the loss of a network's last training step, by name. */
  Map<String, Double> lastLosses(ComputationGraph graph);
}
