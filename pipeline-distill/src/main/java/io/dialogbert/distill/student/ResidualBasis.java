package io.dialogbert.distill.student;

import java.util.Arrays;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The subspace of a teacher's residual stream that a narrower student keeps, as an orthonormal
 * basis P [H, h]. All matrices that read or write the stream are projected on the same one.
 *
 * <p>P spans the direction of equal coordinates and the first h - 1 right singular vectors of the
 * word embeddings without their mean coordinate. It is rotated so that P·1 is proportional to 1:
 * then the student's layer normalizations subtract what the teacher's do. Normalization by the
 * standard deviation needs sqrt(H / h) in the weights. So if the stream lies in the subspace, and
 * the weights of each layer normalization are equal, the student computes what the teacher does.
 * Unequal weights do not commute with a rotation; the diagonal of P^T diag(w) P is kept of them.
 *
 * @see <a href="https://arxiv.org/abs/2401.15024">Ashkboos et al. 2024, section 3, where rotations
 *     commute with the normalization because it has no mean and no weights</a>
 */
final class ResidualBasis {
  private static final int BLOCK = 4096;

  private final INDArray basis;

  private ResidualBasis(INDArray basis) {
    this.basis = basis;
  }

  /**
   * The basis of a teacher.
   *
   * @param wordEmbeddings [V, H]
   * @param width h, at most H
   */
  static ResidualBasis of(INDArray wordEmbeddings, int width) {
    int h = wordEmbeddings.columns();
    RealMatrix squares = squares(wordEmbeddings);
    double[] equal = unit(h);
    removeDirection(squares, equal);
    // All eigenvalues are at least 0, and that of the removed direction is 0: a shift below 0 puts
    // it last even if the embeddings have a rank below H - 1.
    double shift = -1 - squares.getTrace();
    for (int i = 0; i < h; i++) {
      for (int j = 0; j < h; j++) {
        squares.addToEntry(i, j, shift * equal[i] * equal[j]);
      }
    }
    EigenDecomposition eigen = new EigenDecomposition(squares);
    double[][] columns = new double[width][];
    columns[0] = equal;
    for (int i = 1; i < width; i++) {
      columns[i] = eigen.getEigenvector(i - 1).toArray();
    }
    return new ResidualBasis(
        Nd4j.createFromArray(rotated(columns)).castTo(wordEmbeddings.dataType()));
  }

  /** [H, H] sums of products of coordinates. */
  private static RealMatrix squares(INDArray wordEmbeddings) {
    long rows = wordEmbeddings.rows();
    INDArray sum = Nd4j.zeros(DataType.DOUBLE, wordEmbeddings.columns(), wordEmbeddings.columns());
    for (long from = 0; from < rows; from += BLOCK) {
      INDArray block =
          wordEmbeddings
              .get(NDArrayIndex.interval(from, Math.min(rows, from + BLOCK)), NDArrayIndex.all())
              .castTo(DataType.DOUBLE);
      sum.addi(block.transpose().mmul(block));
    }
    RealMatrix squares = new Array2DRowRealMatrix(sum.toDoubleMatrix());
    // Products may round differently on either side of the diagonal.
    return squares.add(squares.transpose()).scalarMultiply(0.5);
  }

  /** A symmetric matrix as it is on the directions orthogonal to one. */
  private static void removeDirection(RealMatrix symmetric, double[] direction) {
    double[] image = symmetric.operate(direction);
    double along = 0;
    for (int i = 0; i < direction.length; i++) {
      along += direction[i] * image[i];
    }
    for (int i = 0; i < direction.length; i++) {
      for (int j = 0; j < direction.length; j++) {
        symmetric.addToEntry(
            i,
            j,
            along * direction[i] * direction[j]
                - image[i] * direction[j]
                - direction[i] * image[j]);
      }
    }
  }

  /** The direction of equal coordinates. */
  private static double[] unit(int size) {
    double[] unit = new double[size];
    Arrays.fill(unit, 1 / Math.sqrt(size));
    return unit;
  }

  /**
   * [H, h]: the columns times the Householder reflection that exchanges the first unit vector and
   * the direction of equal coordinates.
   */
  private static double[][] rotated(double[][] columns) {
    int width = columns.length;
    double[] normal = unit(width);
    normal[0] -= 1;
    double square = 0;
    for (double value : normal) {
      square += value * value;
    }
    double[][] rotated = new double[columns[0].length][width];
    for (int i = 0; i < rotated.length; i++) {
      double product = 0;
      for (int j = 0; j < width; j++) {
        product += columns[j][i] * normal[j];
      }
      // With one column there is nothing to exchange.
      double factor = square == 0 ? 0 : 2 * product / square;
      for (int j = 0; j < width; j++) {
        rotated[i][j] = columns[j][i] - factor * normal[j];
      }
    }
    return rotated;
  }

  /** P, [H, h]. */
  INDArray matrix() {
    return basis;
  }

  /** Projects rows over the stream: [n, H] to [n, h]. */
  INDArray rows(INDArray matrix) {
    return matrix.mmul(basis);
  }

  /** Projects columns over the stream: [H, n] to [h, n]. */
  INDArray columns(INDArray matrix) {
    return basis.transpose().mmul(matrix);
  }

  /** Projects a vector of the stream: [H] to [h]. */
  INDArray vector(INDArray vector) {
    return rows(vector.reshape(1, vector.length())).reshape(basis.columns());
  }

  /** Weights of a layer normalization, [H] to [h]. */
  INDArray normWeight(INDArray weight) {
    return vectorOfSquares(weight).muli(Math.sqrt((double) basis.rows() / basis.columns()));
  }

  private INDArray vectorOfSquares(INDArray weight) {
    return weight.reshape(1, weight.length()).mmul(basis.mul(basis)).reshape(basis.columns());
  }
}
