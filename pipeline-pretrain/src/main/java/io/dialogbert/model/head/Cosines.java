package io.dialogbert.model.head;

import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * The directions of the vectors of pairs, and the way back from their gradient. Sequence 2i and
 * sequence 2i + 1 are a pair. Letters: P pairs, H width.
 */
final class Cosines {
  /** Below this, a vector has no direction. */
  private static final double MIN_NORM = 1e-12;

  private final INDArray outputs;
  private final INDArray firstNorms;
  private final INDArray secondNorms;
  private final INDArray firsts;
  private final INDArray seconds;

  /**
   * Takes the vectors of pairs.
   *
   * @param outputs [2P, H]
   */
  Cosines(INDArray outputs) {
    this.outputs = outputs;
    double[][] vectors = outputs.castTo(DataType.DOUBLE).toDoubleMatrix();
    this.firsts = everySecond(vectors, 0);
    this.seconds = everySecond(vectors, 1);
    this.firstNorms = norms(firsts);
    this.secondNorms = norms(seconds);
    firsts.diviColumnVector(firstNorms);
    seconds.diviColumnVector(secondNorms);
  }

  /** [P][P] cosines of each first vector with each second one. */
  double[][] ofAll() {
    return firsts.mmul(seconds.transpose()).toDoubleMatrix();
  }

  /** [P] cosines of the pairs. */
  double[] ofPairs() {
    return firsts.mul(seconds).sum(1).toDoubleVector();
  }

  /**
   * Overwrites the outputs with their gradient.
   *
   * @param dCosines [P, P] gradient of {@link #ofAll}
   */
  void backwardOfAll(INDArray dCosines) {
    backward(dCosines.mmul(seconds), dCosines.transpose().mmul(firsts));
  }

  /**
   * Overwrites the outputs with their gradient.
   *
   * @param dCosines [P] gradient of {@link #ofPairs}
   */
  void backwardOfPairs(double[] dCosines) {
    INDArray column = Nd4j.createFromArray(dCosines).reshape(dCosines.length, 1);
    backward(seconds.mulColumnVector(column), firsts.mulColumnVector(column));
  }

  private void backward(INDArray dFirstDirections, INDArray dSecondDirections) {
    double[][] dFirsts = direction(dFirstDirections, firsts, firstNorms).toDoubleMatrix();
    double[][] dSeconds = direction(dSecondDirections, seconds, secondNorms).toDoubleMatrix();
    double[][] gradient = new double[2 * dFirsts.length][];
    for (int i = 0; i < dFirsts.length; i++) {
      gradient[2 * i] = dFirsts[i];
      gradient[2 * i + 1] = dSeconds[i];
    }
    outputs.assign(Nd4j.createFromArray(gradient));
  }

  private static INDArray everySecond(double[][] vectors, int first) {
    return Nd4j.createFromArray(
        IntStream.range(0, vectors.length / 2)
            .mapToObj(i -> vectors[2 * i + first])
            .toArray(double[][]::new));
  }

  private static INDArray norms(INDArray vectors) {
    return Transforms.max(vectors.norm2(1), MIN_NORM).reshape(vectors.rows(), 1);
  }

  /** Gradient of vectors from that of their directions: the share along the direction is 0. */
  private static INDArray direction(INDArray dDirections, INDArray directions, INDArray norms) {
    INDArray along = dDirections.mul(directions).sum(1).reshape(directions.rows(), 1);
    return dDirections.subi(directions.mulColumnVector(along)).diviColumnVector(norms);
  }
}
