package io.dialogbert.model.dl4j;

import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.ParameterLayout;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Encoder with masked-LM and next-sentence heads; its activation is the next-sentence logits [B,
 * 2].
 */
public final class PretrainingLayer extends BertLayer {
  /** For DL4J's JSON mapper. */
  PretrainingLayer() {}

  PretrainingLayer(EncoderConfig encoder) {
    super(encoder);
  }

  @Override
  public ParameterLayout layout() {
    return ParameterLayout.pretraining(encoder());
  }

  @Override
  String sequenceHead() {
    return "cls.seq_relationship";
  }

  @Override
  BertOutputLayer<?> newLayer(NeuralNetConfiguration conf, DataType dataType) {
    return new PretrainingOutputLayer(conf, dataType);
  }

  @Override
  public InputType getOutputType(int layerIndex, InputType inputType) {
    return InputType.feedForward(2);
  }
}
