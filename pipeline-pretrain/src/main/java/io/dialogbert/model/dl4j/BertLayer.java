package io.dialogbert.model.dl4j;

import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.ParameterLayout;
import io.dialogbert.model.head.Head;
import io.dialogbert.model.head.Loss;
import io.dialogbert.model.head.ModelConfig;
import io.dialogbert.model.head.Strict;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.memory.LayerMemoryReport;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.shade.jackson.annotation.JsonInclude;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * DL4J configuration of an encoder and its heads as one output layer. One layer holds everything
 * because the masked-LM decoder is tied to the word embeddings, and DL4J cannot share parameters
 * between layers. So clipping per layer clips the global norm.
 */
public final class BertLayer extends BaseLayer implements Strict {
  @JsonProperty("encoder")
  private EncoderConfig encoder;

  @JsonProperty("heads")
  private List<Head> heads;

  @JsonProperty("losses")
  private List<Loss> losses;

  /** Null if all layers have the same rate: earlier versions do not know this field. */
  @JsonProperty("layerDecay")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  private Double layerDecay;

  private transient ModelConfig model;
  private transient ParameterLayout layout;
  private transient ParamInitializer initializer;
  private transient Set<String> frozen;

  /** For DL4J's JSON mapper. */
  BertLayer() {}

  BertLayer(ModelConfig model, double layerDecay) {
    this.encoder = model.encoder();
    this.heads = model.heads();
    this.losses = model.losses();
    this.layerDecay = layerDecay == 1 ? null : layerDecay;
  }

  /** Encoder, heads and losses. */
  public ModelConfig model() {
    if (model == null) {
      model = new ModelConfig(encoder, heads, losses);
    }
    return model;
  }

  /** Names the parts of the layer's parameter vector. */
  ParameterLayout layout() {
    if (layout == null) {
      layout = model().layout();
    }
    return layout;
  }

  /** The head whose outputs are the layer's activation: the first that reads sequences. */
  Optional<Head> sequenceHead() {
    return heads.stream().filter(head -> head.pooling() != Head.Pooling.TOKENS).findFirst();
  }

  @Override
  public InputType getOutputType(int layerIndex, InputType inputType) {
    return InputType.feedForward(
        sequenceHead().map(head -> head.numOutputs(encoder)).orElse(encoder.hiddenSize()));
  }

  @Override
  public Layer instantiate(
      NeuralNetConfiguration conf,
      Collection<TrainingListener> trainingListeners,
      int layerIndex,
      INDArray layerParamsView,
      boolean initializeParams,
      DataType networkDataType) {
    BertOutputLayer layer = new BertOutputLayer(conf, networkDataType);
    layer.setListeners(trainingListeners);
    layer.setIndex(layerIndex);
    layer.setParamsViewArray(layerParamsView);
    layer.setParamTable(initializer().init(conf, layerParamsView, initializeParams));
    return layer;
  }

  /** DL4J asks for the initializer at every parameter of every step. */
  @Override
  public ParamInitializer initializer() {
    if (initializer == null) {
      initializer = new BertParamInitializer(layout(), encoder);
    }
    return initializer;
  }

  /**
   * Sets the parameters that get no gradient in the current step, because there is nothing they
   * could learn from. They do not change: no weight decay, no update, and their moments are kept.
   */
  void freeze(List<ParameterLayout.Parameter> parameters) {
    frozen = parameters.stream().map(BertParamInitializer::key).collect(Collectors.toSet());
    if (getIUpdater() instanceof FusedAdam adam) {
      adam.freeze(parameters);
    }
  }

  /** DL4J asks for it at every parameter of every step, after the gradient. */
  @Override
  public List<Regularization> getRegularizationByParam(String paramName) {
    if (frozen != null && frozen.contains(paramName)) {
      return List.of();
    }
    List<Regularization> all = super.getRegularizationByParam(paramName);
    return layerDecay == null
        ? all
        : Stream.concat(all.stream(), Stream.of(new LayerRate(rate(paramName)))).toList();
  }

  private double rate(String paramName) {
    int layers = encoder.numHiddenLayers();
    int depth = layout().parameter(paramName.replace('-', '_')).depth(layers);
    return Math.pow(layerDecay, layers + 2.0 - depth);
  }

  @Override
  public void setNIn(InputType inputType, boolean override) {
    // The input is token ids; its size depends on the batch, not on a previous layer.
  }

  @Override
  public InputPreProcessor getPreProcessorForInputType(InputType inputType) {
    return null;
  }

  @Override
  public boolean isPretrainParam(String paramName) {
    return false;
  }

  @Override
  public LayerMemoryReport getMemoryReport(InputType inputType) {
    long parameters = layout().length();
    long updaterState = getIUpdater().stateSize(parameters);
    return new LayerMemoryReport.Builder(
            getLayerName(), getClass(), inputType, getOutputType(0, inputType))
        .standardMemory(parameters, updaterState)
        .build();
  }

  @Override
  public boolean equals(Object other) {
    return super.equals(other)
        && other instanceof BertLayer that
        && Objects.equals(encoder, that.encoder)
        && Objects.equals(heads, that.heads)
        && Objects.equals(losses, that.losses)
        && Objects.equals(layerDecay, that.layerDecay);
  }

  @Override
  public int hashCode() {
    return Objects.hash(super.hashCode(), encoder, heads, losses, layerDecay);
  }
}
