package io.dialogbert.model.dl4j;

import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.head.PretrainingNetwork;
import io.dialogbert.model.head.PretrainingScore;
import io.dialogbert.model.kernel.Kernels;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Runs a {@link PretrainingLayer}. */
final class PretrainingOutputLayer extends BertOutputLayer<PretrainingScore> {
  PretrainingOutputLayer(NeuralNetConfiguration conf, DataType dataType) {
    super(conf, dataType);
  }

  @Override
  PretrainingNetwork newNetwork() {
    return new PretrainingNetwork(
        layerConf().encoder(), flatParameters(), Kernels.create(dataType));
  }

  @Override
  PackedBatch unpack(INDArray features, INDArray labels) {
    return labels == null
        ? BatchArrays.unpack(features)
        : BatchArrays.unpackPretraining(features, labels);
  }

  @Override
  @SuppressWarnings("deprecation") // Part of the interface all the same.
  public int numLabels() {
    return 2;
  }
}
