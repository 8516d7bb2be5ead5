package io.dialogbert.model.dl4j;

import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.ParameterInit;
import io.dialogbert.model.ParameterLayout;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Presents the parts of a flat vector to DL4J as a layer's parameters. DL4J splits names at
 * underscores, so its keys are BERT's names with hyphens in place of underscores: {@code
 * embeddings.word-embeddings}.
 */
final class BertParamInitializer implements ParamInitializer {
  private final ParameterLayout layout;
  private final EncoderConfig config;

  BertParamInitializer(ParameterLayout layout, EncoderConfig config) {
    this.layout = layout;
    this.config = config;
  }

  /** DL4J's name of a parameter. */
  static String key(ParameterLayout.Parameter parameter) {
    return parameter.name().replace('_', '-');
  }

  @Override
  public long numParams(NeuralNetConfiguration conf) {
    return layout.length();
  }

  @Override
  public long numParams(Layer layer) {
    return layout.length();
  }

  @Override
  public List<String> paramKeys(Layer layer) {
    return layout.parameters().stream().map(BertParamInitializer::key).toList();
  }

  @Override
  public List<String> weightKeys(Layer layer) {
    return layout.parameters().stream()
        .filter(ParameterLayout.Parameter::decayed)
        .map(BertParamInitializer::key)
        .toList();
  }

  @Override
  public List<String> biasKeys(Layer layer) {
    return layout.parameters().stream()
        .filter(p -> !p.decayed())
        .map(BertParamInitializer::key)
        .toList();
  }

  @Override
  public boolean isWeightParam(Layer layer, String key) {
    return layout.parameter(key.replace('-', '_')).decayed();
  }

  @Override
  public boolean isBiasParam(Layer layer, String key) {
    return !isWeightParam(layer, key);
  }

  @Override
  public Map<String, INDArray> init(
      NeuralNetConfiguration conf, INDArray paramsView, boolean initializeParams) {
    INDArray flat = paramsView.reshape(paramsView.length());
    if (initializeParams) {
      ParameterInit.fill(layout, flat, config, conf.getSeed());
    }
    layout.parameters().forEach(parameter -> conf.addVariable(key(parameter)));
    return views(flat);
  }

  @Override
  public Map<String, INDArray> getGradientsFromFlattened(
      NeuralNetConfiguration conf, INDArray gradientView) {
    return views(gradientView.reshape(gradientView.length()));
  }

  private Map<String, INDArray> views(INDArray flat) {
    Map<String, INDArray> views = new LinkedHashMap<>();
    for (ParameterLayout.Parameter parameter : layout.parameters()) {
      views.put(key(parameter), layout.view(flat, parameter.name()));
    }
    return views;
  }
}
