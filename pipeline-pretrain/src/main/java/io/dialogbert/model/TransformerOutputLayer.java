package io.dialogbert.model;

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
 * DL4J's view of a network that computes its loss and gradient by itself: forward and backward pass
 * happen together in {@link #backpropGradient}, whose loss {@link #computeScore} then reports.
 *
 * <p>Features are [B, 4, T] and labels [B, ...] as {@link BatchArrays} lays them out.
 */
abstract class TransformerOutputLayer extends BaseLayer<TransformerLayer> implements IOutputLayer {
  private INDArray labels;
  private long dropoutSeed;
  private boolean scoreIsCurrent;

  TransformerOutputLayer(NeuralNetConfiguration conf, DataType dataType) {
    super(conf, dataType);
    this.dropoutSeed = conf.getSeed();
  }

  /** Loss over a batch. */
  abstract double score(PackedBatch batch, INDArray labels, DropoutSeeds seeds);

  /** Loss over a batch, and its gradient into {@code flatGradient}. */
  abstract double gradient(
      PackedBatch batch, INDArray labels, DropoutSeeds seeds, INDArray flatGradient);

  /** [B, C] what the layer's Javadoc calls its activation; the caller may keep it. */
  abstract INDArray activation(PackedBatch batch, DropoutSeeds seeds);

  /** The sequences that features and labels hold; {@code labels} may be null. */
  abstract PackedBatch unpack(INDArray features, INDArray labels);

  /** Builds the network anew over {@code flat} at the next use. */
  abstract void reset();

  /** The last training step's losses, for messages. */
  abstract Object lastScore();

  /** Which dropout masks training draws; workers that train in parallel each need their own. */
  final void setDropoutSeed(long seed) {
    this.dropoutSeed = seed;
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
    reset();
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
    return activation(unpack(input, null), seeds(training));
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(
      INDArray epsilon, LayerWorkspaceMgr workspaceMgr) {
    assertInputSet(true);
    INDArray flatGradient = gradientsFlattened.reshape(gradientsFlattened.length());
    score = gradient(unpack(input, labels), labels, seeds(true), flatGradient);
    if (!Double.isFinite(score)) {
      throw new NonFiniteLossException(getIterationCount(), lastScore());
    }
    scoreIsCurrent = true;
    Gradient gradients = new DefaultGradient(gradientsFlattened);
    for (Map.Entry<String, INDArray> view : gradientViews.entrySet()) {
      gradients.setGradientFor(view.getKey(), view.getValue());
    }
    return new Pair<>(gradients, null);
  }

  @Override
  public double computeScore(
      double fullNetworkRegScore, boolean training, LayerWorkspaceMgr workspaceMgr) {
    if (!scoreIsCurrent) {
      score = score(unpack(input, labels), labels, seeds(training));
    }
    return score + fullNetworkRegScore;
  }

  /** 0: weight decay is decoupled from the loss, so the score is the loss alone. */
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
