package io.dialogbert.model.dl4j;

import io.dialogbert.model.DataParallel;
import io.dialogbert.model.Network;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.kernel.DropoutSeeds;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.layers.IOutputLayer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;

/**
 * DL4J's view of a network that computes its loss and gradient itself. {@link #backpropGradient}
 * runs both the forward and the backward pass; {@link #computeScore} then reports its loss.
 *
 * <p>Features are [B, 4, T] and labels [B, ...], in the format of {@link BatchArrays}.
 *
 * @param <S> the network's score
 */
abstract class BertOutputLayer<S> extends BaseLayer<BertLayer> implements IOutputLayer {
  private transient DataParallel<Network<S>> networks;
  private transient S lastScore;
  private double lastGradientNorm;
  private INDArray labels;
  private long dropoutSeed;
  private int maxSequences = Integer.MAX_VALUE;
  private boolean scoreIsCurrent;

  BertOutputLayer(NeuralNetConfiguration conf, DataType dataType) {
    super(conf, dataType);
    this.dropoutSeed = conf.getSeed();
  }

  /** Creates a network over {@link #flatParameters}. */
  abstract Network<S> newNetwork();

  /** The sequences in the features and labels; {@code labels} may be null. */
  abstract PackedBatch unpack(INDArray features, INDArray labels);

  private DataParallel<Network<S>> networks() {
    if (networks == null) {
      networks = new DataParallel<>(this::newNetwork);
    }
    return networks;
  }

  private S sum(List<S> scores) {
    return scores.stream().reduce(networks().first()::sum).orElseThrow();
  }

  private S score(PackedBatch batch, DropoutSeeds seeds) {
    return sum(
        networks().run(batch, (network, part, i) -> network.score(part, batch, seeds.part(i))));
  }

  /** Losses and hits of a batch, without dropout. */
  final S score(PackedBatch batch) {
    return score(batch, DropoutSeeds.OFF);
  }

  private INDArray logits(PackedBatch batch, DropoutSeeds seeds) {
    return Nd4j.vstack(
        networks().run(batch, (network, part, i) -> network.logits(part, seeds.part(i)).dup('c')));
  }

  /** Losses and hits of the last training step. */
  final S lastScore() {
    return lastScore;
  }

  /** L2 norm of the last training step's gradient, before it was clipped. */
  final double lastGradientNorm() {
    return lastGradientNorm;
  }

  /**
   * Sets the seed of the dropout masks in training. Workers that train in parallel each need their
   * own.
   */
  final void setDropoutSeed(long seed) {
    this.dropoutSeed = seed;
  }

  /** Sets how many sequences of a training batch are in memory at once. */
  final void setMaxSequences(int count) {
    this.maxSequences = count;
  }

  final INDArray flatParameters() {
    return paramsFlattened.reshape(paramsFlattened.length());
  }

  private DropoutSeeds seeds(boolean training) {
    return training ? DropoutSeeds.of(dropoutSeed, getIterationCount()) : DropoutSeeds.OFF;
  }

  @Override
  public void setParamsViewArray(INDArray params) {
    super.setParamsViewArray(params);
    networks = null;
  }

  @Override
  public void setParams(INDArray params) {
    if (params != paramsFlattened) {
      paramsFlattened.assign(params.reshape(paramsFlattened.shape()));
    }
  }

  @Override
  public long numParams() {
    return paramsFlattened.length();
  }

  @Override
  public void setInput(INDArray input, LayerWorkspaceMgr workspaceMgr) {
    super.setInput(input, workspaceMgr);
    scoreIsCurrent = false;
  }

  @Override
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaceMgr) {
    assertInputSet(false);
    return logits(unpack(input, null), seeds(training));
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(
      INDArray epsilon, LayerWorkspaceMgr workspaceMgr) {
    assertInputSet(true);
    INDArray flatGradient = gradientsFlattened.reshape(gradientsFlattened.length());
    PackedBatch batch = unpack(input, labels);
    DropoutSeeds seeds = seeds(true);
    lastScore =
        sum(
            networks()
                .gradient(
                    batch,
                    maxSequences,
                    flatGradient,
                    (network, part, i, gradient) ->
                        network.gradient(part, batch, seeds.part(i), gradient)));
    score = networks().first().loss(lastScore);
    if (!Double.isFinite(score)) {
      throw new NonFiniteLossException(getIterationCount(), lastScore);
    }
    scoreIsCurrent = true;
    clip(flatGradient);
    layerConf()
        .leaveIdle(
            layerConf().layout().parameters().stream()
                .filter(parameter -> !networks().first().learns(batch, parameter.name()))
                .toList());
    Gradient gradients = new DefaultGradient(gradientsFlattened);
    for (Map.Entry<String, INDArray> view : gradientViews.entrySet()) {
      gradients.setGradientFor(view.getKey(), view.getValue());
    }
    return new Pair<>(gradients, null);
  }

  /** Clips here, not in DL4J's updater: its float sum of a hundred million squares is too small. */
  private void clip(INDArray gradient) {
    lastGradientNorm = L2Norm.of(gradient);
    if (!Double.isFinite(lastGradientNorm)) {
      throw new NonFiniteLossException(getIterationCount(), lastScore);
    }
    double limit = layerConf().getGradientNormalizationThreshold();
    if (lastGradientNorm > limit) {
      gradient.muli(limit / lastGradientNorm);
    }
  }

  @Override
  public double computeScore(
      double fullNetworkRegScore, boolean training, LayerWorkspaceMgr workspaceMgr) {
    if (!scoreIsCurrent) {
      score = networks().first().loss(score(unpack(input, labels), seeds(training)));
    }
    return score + fullNetworkRegScore;
  }

  /** 0: weight decay is decoupled from the loss, so the score is the loss only. */
  @Override
  public double calcRegularizationScore(boolean backpropParamsOnly) {
    return 0;
  }

  @Override
  public INDArray computeScoreForExamples(
      double fullNetworkRegScore, LayerWorkspaceMgr workspaceMgr) {
    throw new UnsupportedOperationException(
        "losses are means over a batch; score batches of one sequence instead");
  }

  @Override
  public boolean needsLabels() {
    return true;
  }

  @Override
  public void setLabels(INDArray labels) {
    this.labels = labels;
    scoreIsCurrent = false;
  }

  @Override
  public INDArray getLabels() {
    return labels;
  }

  @Override
  public void clear() {
    super.clear();
    labels = null;
  }

  @Override
  public boolean isPretrainLayer() {
    return false;
  }

  @Override
  public int[] predict(INDArray examples) {
    return activate(examples, false, LayerWorkspaceMgr.noWorkspaces()).argMax(1).toIntVector();
  }

  @Override
  public double f1Score(INDArray examples, INDArray labels) {
    throw onlyThroughGraph();
  }

  @Override
  public double f1Score(DataSet data) {
    throw onlyThroughGraph();
  }

  @Override
  public List<String> predict(DataSet dataSet) {
    throw onlyThroughGraph();
  }

  @Override
  public void fit(DataSetIterator iter) {
    throw onlyThroughGraph();
  }

  @Override
  public void fit(INDArray examples, INDArray labels) {
    throw onlyThroughGraph();
  }

  @Override
  public void fit(DataSet data) {
    throw onlyThroughGraph();
  }

  @Override
  public void fit(INDArray examples, int[] labels) {
    throw onlyThroughGraph();
  }

  private static UnsupportedOperationException onlyThroughGraph() {
    return new UnsupportedOperationException("this layer works within a ComputationGraph only");
  }
}
