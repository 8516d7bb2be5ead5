package io.dialogbert.train.engine;

import io.dialogbert.common.Seeds;
import io.dialogbert.model.dl4j.L2Norm;
import io.dialogbert.model.dl4j.NonFiniteLossException;
import io.dialogbert.model.head.Losses;
import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Trains any DL4J graph of one output, such as an RNN as a baseline. Reports its score as {@code
 * loss}. A batch must fit into memory as a whole.
 *
 * @param networkJson the graph's configuration
 */
public record StockEngine(String networkJson) implements Engine<MultiDataSet> {
  private static final String LOSS = "loss";

  @Override
  public Trainer<MultiDataSet> open(int threads, long dropoutSeed, int maxSequences) {
    return new StockTrainer(networkJson, GraphState.borrow(networkJson, threads), dropoutSeed);
  }

  private static final class StockTrainer extends GraphState implements Trainer<MultiDataSet> {
    private final String networkJson;
    private final long dropoutSeed;
    private double gradientNorm;

    StockTrainer(String networkJson, ComputationGraph graph, long dropoutSeed) {
      super(graph);
      this.networkJson = networkJson;
      this.dropoutSeed = dropoutSeed;
      graph.setListeners(
          List.of(
              new BaseTrainingListener() {
                @Override
                public void onGradientCalculation(Model model) {
                  gradientNorm = L2Norm.of(model.gradient().gradient());
                }
              }));
    }

    @Override
    public Step step(MultiDataSet batch) {
      int step = graph().getIterationCount();
      // DL4J's dropout draws from the generator of this thread.
      Nd4j.getRandom().setSeed(Seeds.hash(dropoutSeed, step));
      graph().fit(batch);
      double loss = graph().score();
      Losses losses = losses(batch, loss);
      if (!Double.isFinite(loss) || !Double.isFinite(gradientNorm)) {
        throw new NonFiniteLossException(step, losses);
      }
      return new Step(loss, losses, gradientNorm);
    }

    @Override
    public Losses score(MultiDataSet batch) {
      return losses(batch, graph().score(batch, false));
    }

    @Override
    public float[][] predict(MultiDataSet batch, String head) {
      int output = graph().getConfiguration().getNetworkOutputs().indexOf(head);
      if (output < 0) {
        throw new IllegalArgumentException(
            "no output " + head + "; there are " + graph().getConfiguration().getNetworkOutputs());
      }
      graph().setLayerMaskArrays(batch.getFeaturesMaskArrays(), batch.getLabelsMaskArrays());
      try {
        return graph().output(false, batch.getFeatures())[output].toFloatMatrix();
      } finally {
        graph().clearLayerMaskArrays();
      }
    }

    private static Losses losses(MultiDataSet batch, double loss) {
      long sequences = batch.getFeatures(0).size(0);
      return Losses.of(sequences).with(LOSS, loss * sequences, sequences);
    }

    @Override
    public void close() {
      graph().setListeners(List.of());
      GraphState.giveBack(networkJson, graph());
    }
  }
}
