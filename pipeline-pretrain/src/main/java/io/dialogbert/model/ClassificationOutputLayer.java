package io.dialogbert.model;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Runs a {@link ClassificationLayer}. */
final class ClassificationOutputLayer extends TransformerOutputLayer {
  private transient ClassificationNetwork network;
  private ClassificationScore lastScore = ClassificationScore.ZERO;

  ClassificationOutputLayer(NeuralNetConfiguration conf, DataType dataType) {
    super(conf, dataType);
  }

  private ClassificationLayer configuration() {
    return (ClassificationLayer) layerConf();
  }

  ClassificationNetwork network() {
    if (network == null) {
      network =
          new ClassificationNetwork(
              layerConf().encoder(),
              configuration().numClasses(),
              flatParameters(),
              Kernels.create(dataType));
    }
    return network;
  }

  @Override
  ClassificationScore lastScore() {
    return lastScore;
  }

  @Override
  double score(PackedBatch batch, INDArray labels, DropoutSeeds seeds) {
    DistillationLoss loss = configuration().distillationLoss();
    return network().score(batch, BatchArrays.teacherLogits(labels), loss, seeds).loss(loss);
  }

  @Override
  double gradient(PackedBatch batch, INDArray labels, DropoutSeeds seeds, INDArray flatGradient) {
    DistillationLoss loss = configuration().distillationLoss();
    lastScore =
        network().gradient(batch, BatchArrays.teacherLogits(labels), loss, seeds, flatGradient);
    return lastScore.loss(loss);
  }

  @Override
  INDArray activation(PackedBatch batch, DropoutSeeds seeds) {
    return network().logits(batch, seeds).dup('c');
  }

  @Override
  PackedBatch unpack(INDArray features, INDArray labels) {
    return labels == null
        ? BatchArrays.unpack(features)
        : BatchArrays.unpackClassification(features, labels);
  }

  @Override
  void reset() {
    network = null;
  }

  @Override
  @SuppressWarnings("deprecation") // Part of the interface all the same.
  public int numLabels() {
    return configuration().numClasses();
  }
}
