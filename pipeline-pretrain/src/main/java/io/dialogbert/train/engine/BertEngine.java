package io.dialogbert.train.engine;

import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.model.head.Losses;
import io.dialogbert.model.kernel.Precision;
import org.deeplearning4j.nn.graph.ComputationGraph;

/**
 * Trains an encoder with heads on packed batches.
 *
 * @param networkJson the configuration of its DL4J graph
 * @param precision of the matrix products, for what the processor of each worker has
 */
public record BertEngine(String networkJson, Precision precision) implements Engine<PackedBatch> {
  @Override
  public Trainer<PackedBatch> open(int threads, long dropoutSeed, int maxSequences) {
    ComputationGraph graph = GraphState.borrow(networkJson, threads);
    Graphs.setDropoutSeed(graph, dropoutSeed);
    Graphs.setPrecision(graph, precision);
    Graphs.setMaxSequences(graph, maxSequences);
    return new BertTrainer(networkJson, graph);
  }

  private static final class BertTrainer extends GraphState implements Trainer<PackedBatch> {
    private final String networkJson;

    BertTrainer(String networkJson, ComputationGraph graph) {
      super(graph);
      this.networkJson = networkJson;
    }

    @Override
    public Step step(PackedBatch batch) {
      long step = graph().getIterationCount();
      Losses losses = Graphs.fit(graph(), batch);
      return new Step(
          Graphs.model(graph()).loss(losses, step), losses, Graphs.lastGradientNorm(graph()));
    }

    @Override
    public Losses score(PackedBatch batch) {
      return Graphs.score(graph(), batch);
    }

    @Override
    public float[][] predict(PackedBatch batch, String head) {
      return Graphs.predict(graph(), batch, head);
    }

    @Override
    public void close() {
      GraphState.giveBack(networkJson, graph());
    }
  }
}
