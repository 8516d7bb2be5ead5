package io.dialogbert.train;

import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.model.dl4j.VectorCopy;
import io.dialogbert.model.kernel.Threads;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Trains a DL4J ComputationGraph. Networks are kept and reused, because setting one up costs more
 * than a training step.
 */
public final class Dl4jTrainer implements LocalTrainer {
  private static final Map<String, Queue<ComputationGraph>> IDLE = new ConcurrentHashMap<>();

  private final TrainingTask<?> task;
  private final ComputationGraph graph;

  private Dl4jTrainer(TrainingTask<?> task, ComputationGraph graph) {
    this.task = task;
    this.graph = graph;
  }

  /** Creates a trainer for a task's network. */
  public static Dl4jTrainer of(TrainingTask<?> task, ComputationGraph graph) {
    return new Dl4jTrainer(task, graph);
  }

  /**
   * Creates a trainer for a task's network. Nobody else uses the network until the trainer is
   * closed.
   *
   * @param threads number of threads that its arithmetic may use
   * @param dropoutSeed seed of its dropout masks; workers must not share one
   * @param maxSequences number of sequences of a batch in memory at once
   */
  public static Dl4jTrainer borrow(
      TrainingTask<?> task, int threads, long dropoutSeed, int maxSequences) {
    Threads.use(threads);
    ComputationGraph graph = idle(task.networkJson()).poll();
    if (graph == null) {
      graph = new ComputationGraph(ComputationGraphConfiguration.fromJson(task.networkJson()));
      graph.init();
    }
    Graphs.setDropoutSeed(graph, dropoutSeed);
    Graphs.setMaxSequences(graph, maxSequences);
    return new Dl4jTrainer(task, graph);
  }

  private static Queue<ComputationGraph> idle(String networkJson) {
    return IDLE.computeIfAbsent(networkJson, json -> new ConcurrentLinkedQueue<>());
  }

  /** The network being trained. */
  public ComputationGraph graph() {
    return graph;
  }

  @Override
  public void setStep(long step) {
    graph.getConfiguration().setIterationCount(Math.toIntExact(step));
  }

  @Override
  public VectorCopy params() {
    return new VectorCopy(graph.params());
  }

  @Override
  public VectorCopy updater() {
    return new VectorCopy(graph.getUpdater(true).getUpdaterStateViewArray());
  }

  @Override
  public Map<String, Double> step(MultiDataSet batch) {
    graph.fit(batch);
    return task.lastLosses(graph);
  }

  @Override
  public double gradientNorm() {
    return Graphs.lastGradientNorm(graph);
  }

  /** Puts the network back for reuse. */
  @Override
  public void close() {
    // The next one to use it may be another thread.
    Nd4j.getExecutioner().commit();
    idle(task.networkJson()).add(graph);
  }
}
