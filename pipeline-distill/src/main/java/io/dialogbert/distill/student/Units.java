package io.dialogbert.distill.student;

import java.util.Comparator;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Chooses rows and columns of matrices. */
final class Units {
  private Units() {}

  /** The indices of the greatest scores, ascending; of equal scores, those of lower index. */
  static int[] best(double[] scores, int count) {
    return IntStream.range(0, scores.length)
        .boxed()
        .sorted(Comparator.comparingDouble((Integer i) -> -scores[i]).thenComparingInt(i -> i))
        .limit(count)
        .mapToInt(Integer::intValue)
        .sorted()
        .toArray();
  }

  /** The indices of groups of neighbors: group g is g * size to g * size + size - 1. */
  static int[] ofGroups(int[] groups, int size) {
    return IntStream.of(groups)
        .flatMap(group -> IntStream.range(group * size, (group + 1) * size))
        .toArray();
  }

  /** The squared L2 norm of each row of [n, m]. */
  static double[] rowNorms(INDArray matrix) {
    return matrix.mul(matrix).sum(1).toDoubleVector();
  }

  /** The squared L2 norm of each column of [n, m]. */
  static double[] columnNorms(INDArray matrix) {
    return matrix.mul(matrix).sum(0).toDoubleVector();
  }

  /** Sums over groups of neighbors. */
  static double[] sums(double[] values, int size) {
    double[] sums = new double[values.length / size];
    for (int i = 0; i < values.length; i++) {
      sums[i / size] += values[i];
    }
    return sums;
  }

  static double[] products(double[] left, double[] right) {
    return IntStream.range(0, left.length).mapToDouble(i -> left[i] * right[i]).toArray();
  }

  /** [n, m] to [rows, m]. */
  static INDArray rows(INDArray matrix, int[] rows) {
    return matrix.getRows(rows);
  }

  /** [n, m] to [n, columns]. */
  static INDArray columns(INDArray matrix, int[] columns) {
    return matrix.getColumns(columns);
  }

  /** [n] to [elements]. */
  static INDArray elements(INDArray vector, int[] elements) {
    return vector.reshape(1, vector.length()).getColumns(elements).reshape(elements.length);
  }
}
