package io.dialogbert.model;

import java.io.Serializable;
import java.util.Arrays;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Everything that training goes on from, as plain Java values that any serializer moves: what a
 * driver sends to workers and gets back. Arrays are owned by the state: callers do not change them.
 *
 * @param configuration DL4J's JSON, with the counts of iterations and epochs done
 * @param parameters the flat vector, in the layout of the model
 * @param updaterState Adam's moments as DL4J lays them out
 */
public record ModelState(String configuration, float[] parameters, float[] updaterState)
    implements Serializable {

  /** A copy of a graph's state. */
  public static ModelState of(ComputationGraph graph) {
    return new ModelState(
        graph.getConfiguration().toJson(),
        graph.params().dup().data().asFloat(),
        graph.getUpdater().getStateViewArray().dup().data().asFloat());
  }

  /** A new graph in this state. */
  public ComputationGraph toGraph() {
    ComputationGraph graph =
        new ComputationGraph(ComputationGraphConfiguration.fromJson(configuration));
    graph.init(Nd4j.createFromArray(parameters), false);
    INDArray state = graph.getUpdater().getStateViewArray();
    state.assign(Nd4j.createFromArray(updaterState).reshape(state.shape()));
    return graph;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ModelState that
        && configuration.equals(that.configuration)
        && Arrays.equals(parameters, that.parameters)
        && Arrays.equals(updaterState, that.updaterState);
  }

  @Override
  public int hashCode() {
    return 31 * configuration.hashCode() + Arrays.hashCode(parameters);
  }

  @Override
  public String toString() {
    return "ModelState["
        + parameters.length
        + " parameters, "
        + updaterState.length
        + " updater values]";
  }
}
