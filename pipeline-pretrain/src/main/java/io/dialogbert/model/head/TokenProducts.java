package io.dialogbert.model.head;

import java.util.Arrays;

/**
 * Scaled dot products between the tokens of one sequence, as attention takes them: s_ij = x_i y_j /
 * sqrt(w), where x and y are columns of the same rows. Letters: T tokens of the sequence, w width.
 *
 * @param rows [N] rows of all tokens
 * @param from the sequence's first row
 * @param to the row after its last one
 * @param x first column of x
 * @param y first column of y
 * @param width w
 */
record TokenProducts(double[][] rows, int from, int to, int x, int y, int width) {
  /** [T][T] the products. */
  double[][] products() {
    return times(block(x), transposed(block(y)), 1 / Math.sqrt(width));
  }

  /**
   * Adds the gradient with respect to the rows.
   *
   * @param dProducts [T][T]
   * @param dRows [N] as the rows
   */
  void backward(double[][] dProducts, double[][] dRows) {
    double scale = 1 / Math.sqrt(width);
    add(times(dProducts, block(y), scale), x, dRows);
    add(times(transposed(dProducts), block(x), scale), y, dRows);
  }

  /** [T][w] a copy, which makes the loops over it fast. */
  private double[][] block(int column) {
    double[][] block = new double[to - from][];
    for (int i = 0; i < block.length; i++) {
      block[i] = Arrays.copyOfRange(rows[from + i], column, column + width);
    }
    return block;
  }

  private void add(double[][] block, int column, double[][] target) {
    for (int i = 0; i < block.length; i++) {
      for (int k = 0; k < width; k++) {
        target[from + i][column + k] += block[i][k];
      }
    }
  }

  private static double[][] transposed(double[][] matrix) {
    double[][] transposed = new double[matrix[0].length][matrix.length];
    for (int i = 0; i < matrix.length; i++) {
      for (int j = 0; j < transposed.length; j++) {
        transposed[j][i] = matrix[i][j];
      }
    }
    return transposed;
  }

  /** The matrix product, times a number. */
  private static double[][] times(double[][] a, double[][] b, double scale) {
    double[][] product = new double[a.length][b[0].length];
    for (int i = 0; i < a.length; i++) {
      double[] sums = product[i];
      for (int k = 0; k < b.length; k++) {
        double factor = a[i][k] * scale;
        double[] row = b[k];
        for (int j = 0; j < sums.length; j++) {
          sums[j] += factor * row[j];
        }
      }
    }
    return product;
  }
}
