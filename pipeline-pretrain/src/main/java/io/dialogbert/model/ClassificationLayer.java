package io.dialogbert.model;

import java.util.Objects;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/** Encoder with a linear classifier over the pooled output; its activation is the logits [B, C]. */
public final class ClassificationLayer extends TransformerLayer {
  @JsonProperty("numClasses")
  private int numClasses;

  @JsonProperty("distillationLoss")
  private DistillationLoss distillationLoss = DistillationLoss.LABELS_ONLY;

  /** For DL4J's JSON mapper. */
  ClassificationLayer() {}

  ClassificationLayer(EncoderConfig encoder, int numClasses, DistillationLoss distillationLoss) {
    super(encoder);
    this.numClasses = numClasses;
    this.distillationLoss = distillationLoss;
  }

  /** C. */
  public int numClasses() {
    return numClasses;
  }

  /** How labels and teacher are weighed in training. */
  public DistillationLoss distillationLoss() {
    return distillationLoss;
  }

  @Override
  public ParameterLayout layout() {
    return ParameterLayout.classification(encoder(), numClasses);
  }

  @Override
  String sequenceHead() {
    return "classifier";
  }

  @Override
  TransformerOutputLayer<?> newLayer(NeuralNetConfiguration conf, DataType dataType) {
    return new ClassificationOutputLayer(conf, dataType);
  }

  @Override
  public InputType getOutputType(int layerIndex, InputType inputType) {
    return InputType.feedForward(numClasses);
  }

  @Override
  public boolean equals(Object other) {
    return super.equals(other)
        && other instanceof ClassificationLayer that
        && numClasses == that.numClasses
        && Objects.equals(distillationLoss, that.distillationLoss);
  }

  @Override
  public int hashCode() {
    return Objects.hash(super.hashCode(), numClasses, distillationLoss);
  }
}
