package io.dialogbert.model.dl4j;

import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.head.DataParallel;
import io.dialogbert.model.head.Losses;
import io.dialogbert.model.head.ModelConfig;
import io.dialogbert.model.kernel.DropoutSeeds;
import io.dialogbert.model.kernel.Kernels;
import io.dialogbert.model.kernel.Precision;
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

/**
 * DL4J's view of a network that computes its loss and gradient itself. {@link #backpropGradient}
 * runs both the forward and the backward pass; {@link #computeScore} then reports its loss.
 *
 * <p>Features are [B, 4, T] and labels [B, ...], in the format of {@link BatchArrays}.
 */
final class BertOutputLayer extends BaseLayer<BertLayer> implements IOutputLayer {
  private transient DataParallel networks;
  private transient Losses lastLosses;
  private double lastGradientNorm;
  private INDArray labels;
  private long dropoutSeed;
  private Precision precision = Precision.FLOAT32;
  private int maxSequences = Integer.MAX_VALUE;
  private boolean scoreIsCurrent;

  BertOutputLayer(NeuralNetConfiguration conf, DataType dataType) {
    super(conf, dataType);
    this.dropoutSeed = conf.getSeed();
  }

  private ModelConfig model() {
    return layerConf().model();
  }

  private DataParallel networks() {
    if (networks == null) {
      networks =
          precision == Precision.INT8
              ? DataParallel.frozen(model(), flatParameters(), precision)
              : DataParallel.over(
                  model(), flatParameters(), () -> Kernels.create(dataType, precision));
    }
    return networks;
  }

  /** Losses and hits of a batch, without dropout. */
  Losses score(PackedBatch batch) {
    return networks().score(batch);
  }

  /** Outputs of a head, without dropout. */
  float[][] predict(PackedBatch batch, String head) {
    return networks().outputs(batch, head, DropoutSeeds.OFF).toFloatMatrix();
  }

  /** Losses and hits of the last training step. */
  Losses lastLosses() {
    return lastLosses;
  }

  /** L2 norm of the last training step's gradient, before it was clipped. */
  double lastGradientNorm() {
    return lastGradientNorm;
  }

  /**
   * Sets the seed of the dropout masks in training. Workers that train in parallel each need their
   * own.
   */
  void setDropoutSeed(long seed) {
    this.dropoutSeed = seed;
  }

  /** Sets how many sequences of a training batch are in memory at once. */
  void setMaxSequences(int count) {
    this.maxSequences = count;
  }

  /**
   * Sets the precision of the matrix products. With {@link Precision#INT8} the layer does not
   * train, and its parameters must not change after the first batch.
   */
  void setPrecision(Precision precision) {
    if (precision != this.precision || precision == Precision.INT8) {
      this.precision = precision;
      networks = null;
    }
  }

  private INDArray flatParameters() {
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
    PackedBatch batch = BatchArrays.unpack(input);
    return layerConf()
        .sequenceHead()
        .map(head -> networks().outputs(batch, head.name(), seeds(training)))
        .orElseGet(() -> networks().pooled(batch));
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(
      INDArray epsilon, LayerWorkspaceMgr workspaceMgr) {
    assertInputSet(true);
    return new Pair<>(gradient(BatchArrays.unpack(model(), input, labels)), null);
  }

  /**
   * Computes the loss of a batch and its clipped gradient.
   *
   * @throws NonFiniteLossException if the loss or the gradient's norm is not finite
   */
  Gradient gradient(PackedBatch batch) {
    INDArray flatGradient = gradientsFlattened.reshape(gradientsFlattened.length());
    int step = getIterationCount();
    lastLosses = networks().gradient(batch, step, maxSequences, seeds(true), flatGradient);
    score = model().loss(lastLosses, step);
    if (!Double.isFinite(score)) {
      throw new NonFiniteLossException(step, lastLosses);
    }
    scoreIsCurrent = true;
    clip(flatGradient);
    layerConf().freeze(model().idle(batch, step));
    Gradient gradients = new DefaultGradient(gradientsFlattened);
    for (Map.Entry<String, INDArray> view : gradientViews.entrySet()) {
      gradients.setGradientFor(view.getKey(), view.getValue());
    }
    return gradients;
  }

  /** Clips here, not in DL4J's updater: its float sum of a hundred million squares is too small. */
  private void clip(INDArray gradient) {
    lastGradientNorm = L2Norm.of(gradient);
    if (!Double.isFinite(lastGradientNorm)) {
      throw new NonFiniteLossException(getIterationCount(), lastLosses);
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
      PackedBatch batch = BatchArrays.unpack(model(), input, labels);
      score = model().loss(score(batch), getIterationCount());
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
  @SuppressWarnings("deprecation") // Part of the interface all the same.
  public int numLabels() {
    return layerConf().sequenceHead().map(head -> head.outputs().size()).orElse(0);
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
