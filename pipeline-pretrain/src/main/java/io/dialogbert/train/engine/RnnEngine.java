package io.dialogbert.train.engine;

import io.dialogbert.common.Seeds;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.dl4j.L2Norm;
import io.dialogbert.model.dl4j.NonFiniteLossException;
import io.dialogbert.model.head.Loss;
import io.dialogbert.model.head.Losses;
import io.dialogbert.model.kernel.Arena;
import io.dialogbert.model.kernel.Kernels;
import io.dialogbert.model.kernel.Precision;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Trains an RNN of {@link io.dialogbert.model.dl4j.RnnConfig} by one of the losses that encoders
 * learn from. A batch must fit into memory as a whole, padded to its longest text. Letters: B
 * sequences, T longest, O outputs.
 *
 * @param networkJson the graph's configuration
 * @param loss what its output learns from
 * @param readsPairs whether a sequence is a pair, to be read as two texts
 */
public record RnnEngine(String networkJson, Loss loss, boolean readsPairs)
    implements Engine<PackedBatch> {
  @Override
  public Trainer<PackedBatch> open(int threads, long dropoutSeed, int maxSequences) {
    return new RnnTrainer(this, GraphState.borrow(networkJson, threads), dropoutSeed);
  }

  private static final class RnnTrainer extends GraphState implements Trainer<PackedBatch> {
    private final RnnEngine engine;
    private final long dropoutSeed;
    private final Kernels kernels = Kernels.create(DataType.FLOAT, Precision.FLOAT32);
    private final Arena arena = new Arena(DataType.FLOAT);

    RnnTrainer(RnnEngine engine, ComputationGraph graph, long dropoutSeed) {
      super(graph);
      this.engine = engine;
      this.dropoutSeed = dropoutSeed;
    }

    @Override
    public Step step(PackedBatch batch) {
      int step = graph().getIterationCount();
      // DL4J's dropout draws from the generator of this thread.
      Nd4j.getRandom().setSeed(Seeds.hash(dropoutSeed, step));
      INDArray outputs = forward(batch, true);
      Losses losses = losses(batch, outputs, step);
      double loss = engine.loss().weight().at(step) * engine.loss().value(losses);
      // backpropGradient does not make the view that it writes to.
      graph().initGradientsView();
      Gradient gradient = graph().backpropGradient(outputs);
      INDArray flat = graph().getFlattenedGradients();
      double norm = L2Norm.of(flat);
      if (!Double.isFinite(loss) || !Double.isFinite(norm)) {
        throw new NonFiniteLossException(step, losses);
      }
      graph()
          .getUpdater(true)
          .update(
              gradient,
              step,
              graph().getEpochCount(),
              batch.numSequences(),
              LayerWorkspaceMgr.noWorkspaces());
      graph().params().subi(flat.reshape(graph().params().shape()));
      graph().getConfiguration().setIterationCount(step + 1);
      graph().clear();
      return new Step(loss, losses, norm);
    }

    @Override
    public Losses score(PackedBatch batch) {
      Losses losses = losses(batch, forward(batch, false), graph().getIterationCount());
      graph().clear();
      return losses;
    }

    @Override
    public float[][] predict(PackedBatch batch, String head) {
      float[][] outputs = forward(batch, false).toFloatMatrix();
      graph().clear();
      return outputs;
    }

    /**
     * Computes the loss.
     *
     * @param outputs [B, O]; on return, their gradient
     */
    private Losses losses(PackedBatch batch, INDArray outputs, long step) {
      double scale = engine.loss().weight().at(step) / engine.loss().count(batch);
      return Losses.of(batch.numSequences())
          .plus(engine.loss().compute(kernels, arena, batch, outputs, scale));
    }

    /** [B, O] in an array of its own. */
    private INDArray forward(PackedBatch batch, boolean forTraining) {
      PaddedTexts texts = engine.readsPairs() ? PaddedTexts.ofPairs(batch) : PaddedTexts.of(batch);
      INDArray mask = Nd4j.createFromArray(texts.mask());
      graph().setLayerMaskArrays(new INDArray[] {mask}, null);
      String output = graph().getConfiguration().getNetworkOutputs().get(0);
      INDArray[] ids = {Nd4j.createFromArray(texts.ids())};
      // The layers keep their inputs for the backward pass.
      return graph().feedForward(ids, forTraining, false).get(output).dup('c');
    }

    @Override
    public void close() {
      GraphState.giveBack(engine.networkJson(), graph());
    }
  }
}
