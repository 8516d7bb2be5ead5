package io.dialogbert.train;

import io.dialogbert.model.Graphs;
import io.dialogbert.model.Threads;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Trains a ComputationGraph of DL4J; networks are kept and used again, since setting one up costs
 * more than a step.
 */
public final class Dl4jTrainer implements LocalTrainer, AutoCloseable {
  private static final Map<String, Queue<Dl4jTrainer>> IDLE = new ConcurrentHashMap<>();

  private final TrainingTask<?> task;
  private final ComputationGraph graph;

  private Dl4jTrainer(TrainingTask<?> task) {
    this.task = task;
    this.graph = new ComputationGraph(ComputationGraphConfiguration.fromJson(task.networkJson()));
    this.graph.init();
  }

  /**
   * A trainer of this task's network that nobody else uses until it is closed.
   *
   * @param threads that its arithmetic may use
   * @param dropoutSeed of its dropout masks; workers must not share one
   */
  public static Dl4jTrainer borrow(TrainingTask<?> task, int threads, long dropoutSeed) {
    Threads.use(threads);
    Dl4jTrainer idle = idle(task.networkJson()).poll();
    Dl4jTrainer trainer = idle == null ? new Dl4jTrainer(task) : idle;
    Graphs.setDropoutSeed(trainer.graph, dropoutSeed);
    return trainer;
  }

  private static Queue<Dl4jTrainer> idle(String networkJson) {
    return IDLE.computeIfAbsent(networkJson, json -> new ConcurrentLinkedQueue<>());
  }

  @Override
  public void load(TrainerState state) {
    load(graph, state);
  }

  @Override
  public Map<String, Double> step(MultiDataSet batch) {
    graph.fit(batch);
    return task.lastLosses(graph);
  }

  @Override
  public TrainerState state() {
    return state(graph);
  }

  /** The state of a network; a copy. */
  public static TrainerState state(ComputationGraph graph) {
    INDArray updater = graph.getUpdater(true).getUpdaterStateViewArray();
    return new TrainerState(
        graph.params().toFloatVector(),
        updater == null ? new float[0] : updater.toFloatVector(),
        graph.getIterationCount());
  }

  /** Replaces the state of a network. */
  public static void load(ComputationGraph graph, TrainerState state) {
    graph.params().assign(Nd4j.createFromArray(state.params()).reshape(graph.params().shape()));
    INDArray updater = graph.getUpdater(true).getUpdaterStateViewArray();
    if (updater != null) {
      if (state.updater().length == 0) {
        updater.assign(0);
      } else {
        updater.assign(Nd4j.createFromArray(state.updater()).reshape(updater.shape()));
      }
    }
    graph.getConfiguration().setIterationCount(Math.toIntExact(state.step()));
  }

  /** Gives the network back. */
  @Override
  public void close() {
    idle(task.networkJson()).add(this);
  }
}
