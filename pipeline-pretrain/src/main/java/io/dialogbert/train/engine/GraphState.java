package io.dialogbert.train.engine;

import io.dialogbert.model.ParameterLayout;
import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.model.dl4j.VectorCopy;
import io.dialogbert.model.kernel.Threads;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The state of a DL4J ComputationGraph. Graphs are kept and reused, because setting one up costs
 * more than a training step.
 */
public class GraphState implements NetworkState {
  private static final Map<String, Queue<ComputationGraph>> IDLE = new ConcurrentHashMap<>();

  private final ComputationGraph graph;

  public GraphState(ComputationGraph graph) {
    this.graph = graph;
  }

  /**
   * Takes an idle graph, or makes one.
   *
   * @param networkJson its configuration
   * @param threads number of threads that its arithmetic may use
   */
  static ComputationGraph borrow(String networkJson, int threads) {
    Threads.use(threads);
    ComputationGraph graph = idle(networkJson).poll();
    if (graph == null) {
      graph = new ComputationGraph(Graphs.configuration(networkJson));
      graph.init();
    }
    return graph;
  }

  /** Puts a graph back for reuse. */
  static void giveBack(String networkJson, ComputationGraph graph) {
    // The next one to use it may be another thread.
    Nd4j.getExecutioner().commit();
    idle(networkJson).add(graph);
  }

  private static Queue<ComputationGraph> idle(String networkJson) {
    return IDLE.computeIfAbsent(networkJson, json -> new ConcurrentLinkedQueue<>());
  }

  final ComputationGraph graph() {
    return graph;
  }

  @Override
  public final void setStep(long step) {
    graph.getConfiguration().setIterationCount(Math.toIntExact(step));
  }

  @Override
  public final VectorCopy params() {
    return new VectorCopy(graph.params());
  }

  @Override
  public final ParameterLayout layout() {
    return Graphs.layout(graph);
  }

  @Override
  public final VectorCopy optimizerState() {
    return new VectorCopy(graph.getUpdater(true).getUpdaterStateViewArray());
  }
}
