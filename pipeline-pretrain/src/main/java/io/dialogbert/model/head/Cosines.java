package io.dialogbert.model.head;

import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * The directions of the vectors of pairs, and the way back from their gradient. Sequence 2i and
 * sequence 2i + 1 are a pair; further sequences count as second ones without a first. Letters: P
 * pairs, M further sequences, H width.
 */
final class Cosines {
  /** Below this, a vector has no direction. */
  private static final double MIN_NORM = 1e-12;

  private final INDArray outputs;
  private final int pairs;
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
    this(outputs, outputs.rows() / 2);
  }

  /**
   * Takes the vectors of pairs and of further sequences.
   *
   * @param outputs [2P + M, H]
   * @param pairs P
   */
  Cosines(INDArray outputs, int pairs) {
    this.outputs = outputs;
    this.pairs = pairs;
    double[][] vectors = outputs.castTo(DataType.DOUBLE).toDoubleMatrix();
    this.firsts = rows(vectors, IntStream.range(0, pairs).map(i -> 2 * i));
    this.seconds =
        rows(
            vectors,
            IntStream.concat(
                IntStream.range(0, pairs).map(i -> 2 * i + 1),
                IntStream.range(2 * pairs, vectors.length)));
    this.firstNorms = norms(firsts);
    this.secondNorms = norms(seconds);
    firsts.diviColumnVector(firstNorms);
    seconds.diviColumnVector(secondNorms);
  }

  /** [P][P + M] cosines of each first vector with each second one. */
  double[][] ofAll() {
    return firsts.mmul(seconds.transpose()).toDoubleMatrix();
  }

  /** [P] cosines of the pairs; there must be no further sequences. */
  double[] ofPairs() {
    return firsts.mul(seconds).sum(1).toDoubleVector();
  }

  /**
   * Overwrites the outputs with their gradient.
   *
   * @param dCosines [P, P + M] gradient of {@link #ofAll}
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
    double[][] gradient = new double[pairs + dSeconds.length][];
    for (int i = 0; i < pairs; i++) {
      gradient[2 * i] = dFirsts[i];
      gradient[2 * i + 1] = dSeconds[i];
    }
    System.arraycopy(dSeconds, pairs, gradient, 2 * pairs, dSeconds.length - pairs);
    outputs.assign(Nd4j.createFromArray(gradient));
  }

  private static INDArray rows(double[][] vectors, IntStream rows) {
    return Nd4j.createFromArray(rows.mapToObj(row -> vectors[row]).toArray(double[][]::new));
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
