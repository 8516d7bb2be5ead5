package io.dialogbert.model;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Runs a {@link PretrainingLayer}. */
final class PretrainingOutputLayer extends TransformerOutputLayer {
  private transient PretrainingNetwork network;
  private PretrainingScore lastScore = PretrainingScore.ZERO;

  PretrainingOutputLayer(NeuralNetConfiguration conf, DataType dataType) {
    super(conf, dataType);
  }

  PretrainingNetwork network() {
    if (network == null) {
      network =
          new PretrainingNetwork(layerConf().encoder(), flatParameters(), Kernels.create(dataType));
    }
    return network;
  }

  @Override
  PretrainingScore lastScore() {
    return lastScore;
  }

  @Override
  double score(PackedBatch batch, INDArray labels, DropoutSeeds seeds) {
    return network().score(batch, seeds).loss();
  }

  @Override
  double gradient(PackedBatch batch, INDArray labels, DropoutSeeds seeds, INDArray flatGradient) {
    lastScore = network().gradient(batch, seeds, flatGradient);
    return lastScore.loss();
  }

  @Override
  INDArray activation(PackedBatch batch, DropoutSeeds seeds) {
    return network().nextSentenceLogits(batch, seeds).dup('c');
  }

  @Override
  PackedBatch unpack(INDArray features, INDArray labels) {
    return labels == null
        ? BatchArrays.unpack(features)
        : BatchArrays.unpackPretraining(features, labels);
  }

  @Override
  void reset() {
    network = null;
  }

  @Override
  @SuppressWarnings("deprecation") // Part of the interface all the same.
  public int numLabels() {
    return 2;
  }
}
