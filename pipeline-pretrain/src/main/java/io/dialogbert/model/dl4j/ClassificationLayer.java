package io.dialogbert.model.dl4j;

import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.ParameterLayout;
import io.dialogbert.model.head.ClassSet;
import io.dialogbert.model.head.DistillationLoss;
import java.util.Objects;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/** Encoder with a linear classifier over the pooled output; its activation is the logits [B, C]. */
public final class ClassificationLayer extends BertLayer {
  /** Name of the classifier's parameters. */
  static final String HEAD = "classifier";

  @JsonProperty("numClasses")
  private int numClasses;

  @JsonProperty("task")
  private String task = ClassSet.unknown(0).task();

  @JsonProperty("classesSha256")
  private String classesSha256 = "";

  @JsonProperty("distillationLoss")
  private DistillationLoss distillationLoss = DistillationLoss.LABELS_ONLY;

  /** For DL4J's JSON mapper. */
  ClassificationLayer() {}

  ClassificationLayer(EncoderConfig encoder, ClassSet classes, DistillationLoss distillationLoss) {
    super(encoder);
    this.numClasses = classes.size();
    this.task = classes.task();
    this.classesSha256 = classes.sha256();
    this.distillationLoss = distillationLoss;
  }

  /** C, number of classes. */
  public int numClasses() {
    return numClasses;
  }

  /** The classes and their task. */
  public ClassSet classes() {
    return new ClassSet(task, numClasses, classesSha256);
  }

  /** The weights of labels and teacher in training. */
  public DistillationLoss distillationLoss() {
    return distillationLoss;
  }

  @Override
  public ParameterLayout layout() {
    return ParameterLayout.classification(encoder(), numClasses);
  }

  @Override
  String sequenceHead() {
    return HEAD;
  }

  @Override
  BertOutputLayer<?> newLayer(NeuralNetConfiguration conf, DataType dataType) {
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
        && classes().equals(that.classes())
        && Objects.equals(distillationLoss, that.distillationLoss);
  }

  @Override
  public int hashCode() {
    return Objects.hash(super.hashCode(), classes(), distillationLoss);
  }
}
