package io.dialogbert.distill.student;

import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.DiagonalMatrix;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.SingularValueDecomposition;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A product of two matrices through fewer dimensions: left^T right is the best approximation of
 * that rank in the Frobenius norm (Eckart and Young 1936).
 *
 * @param left [R, N]
 * @param right [R, M]
 */
record LowRank(INDArray left, INDArray right) {
  /**
   * Approximates left^T right, singular values shared evenly.
   *
   * @param left [D, N]
   * @param right [D, M]
   * @param rank R
   */
  static LowRank of(INDArray left, INDArray right, int rank) {
    SingularValueDecomposition l = svd(left);
    SingularValueDecomposition r = svd(right);
    // left^T right = U_l (S_l V_l^T V_r S_r) U_r^T, so the core's singular values are the
    // product's.
    SingularValueDecomposition core =
        new SingularValueDecomposition(
            l.getS().multiply(l.getVT()).multiply(r.getV()).multiply(r.getS()));
    return new LowRank(
        factor(l.getU().multiply(core.getU()), core.getSingularValues(), rank, left),
        factor(r.getU().multiply(core.getV()), core.getSingularValues(), rank, right));
  }

  private static SingularValueDecomposition svd(INDArray matrix) {
    return new SingularValueDecomposition(
        new Array2DRowRealMatrix(matrix.castTo(DataType.DOUBLE).toDoubleMatrix()).transpose());
  }

  /** [R, N]: the first columns of [N, p], each times the root of its singular value. */
  private static INDArray factor(
      RealMatrix columns, double[] singularValues, int rank, INDArray like) {
    double[] roots = new double[singularValues.length];
    for (int i = 0; i < Math.min(rank, roots.length); i++) {
      roots[i] = Math.sqrt(singularValues[i]);
    }
    double[][] rows = columns.multiply(new DiagonalMatrix(roots)).transpose().getData();
    double[][] kept = new double[rank][rows[0].length];
    System.arraycopy(rows, 0, kept, 0, Math.min(rank, rows.length));
    return Nd4j.createFromArray(kept).castTo(like.dataType());
  }
}
