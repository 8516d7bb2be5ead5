package io.dialogbert.train;

import io.dialogbert.model.dl4j.VectorCopy;
import java.util.Arrays;
import org.deeplearning4j.nn.graph.ComputationGraph;

/**
 * Everything that training changes, on the heap.
 *
 * @param params the network's flat parameters
 * @param updater the optimizer's flat state
 * @param step optimizer steps done
 */
record TrainerState(float[] params, float[] updater, long step) {
  /** Copies the state of a network. */
  static TrainerState of(ComputationGraph graph) {
    return new TrainerState(
        values(new VectorCopy(graph.params())),
        values(new VectorCopy(graph.getUpdater(true).getUpdaterStateViewArray())),
        graph.getIterationCount());
  }

  private static float[] values(VectorCopy vector) {
    float[] values = new float[Math.toIntExact(vector.length())];
    vector.read(0, values, values.length);
    return values;
  }

  /** Replaces the state of a network. */
  void loadInto(ComputationGraph graph) {
    new VectorCopy(graph.params()).write(0, params, params.length);
    new VectorCopy(graph.getUpdater(true).getUpdaterStateViewArray())
        .write(0, updater, updater.length);
    graph.getConfiguration().setIterationCount(Math.toIntExact(step));
  }

  /** Whether two states are the same, bit for bit. */
  boolean isIdenticalTo(TrainerState other) {
    return step == other.step
        && Arrays.equals(params, other.params)
        && Arrays.equals(updater, other.updater);
  }
}
