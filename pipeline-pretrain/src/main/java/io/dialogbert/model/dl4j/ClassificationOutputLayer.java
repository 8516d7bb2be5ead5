package io.dialogbert.model.dl4j;

import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.head.ClassificationNetwork;
import io.dialogbert.model.head.ClassificationScore;
import io.dialogbert.model.kernel.Kernels;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Runs a {@link ClassificationLayer}. */
final class ClassificationOutputLayer extends BertOutputLayer<ClassificationScore> {
  ClassificationOutputLayer(NeuralNetConfiguration conf, DataType dataType) {
    super(conf, dataType);
  }

  private ClassificationLayer configuration() {
    return (ClassificationLayer) layerConf();
  }

  @Override
  ClassificationNetwork newNetwork() {
    return new ClassificationNetwork(
        layerConf().encoder(),
        configuration().numClasses(),
        configuration().distillationLoss(),
        flatParameters(),
        Kernels.create(dataType));
  }

  @Override
  PackedBatch unpack(INDArray features, INDArray labels) {
    return labels == null
        ? BatchArrays.unpack(features)
        : BatchArrays.unpackClassification(features, labels);
  }

  @Override
  @SuppressWarnings("deprecation") // Part of the interface all the same.
  public int numLabels() {
    return configuration().numClasses();
  }
}
