package io.dialogbert.model.head;

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
    int length = to - from;
    double[][] products = new double[length][length];
    double scale = 1 / Math.sqrt(width);
    for (int i = 0; i < length; i++) {
      double[] left = rows[from + i];
      for (int j = 0; j < length; j++) {
        double[] right = rows[from + j];
        double sum = 0;
        for (int k = 0; k < width; k++) {
          sum += left[x + k] * right[y + k];
        }
        products[i][j] = sum * scale;
      }
    }
    return products;
  }

  /**
   * Adds the gradient with respect to the rows.
   *
   * @param dProducts [T][T]
   * @param dRows [N] as the rows
   */
  void backward(double[][] dProducts, double[][] dRows) {
    double scale = 1 / Math.sqrt(width);
    for (int i = 0; i < dProducts.length; i++) {
      double[] left = rows[from + i];
      double[] dLeft = dRows[from + i];
      for (int j = 0; j < dProducts.length; j++) {
        double[] right = rows[from + j];
        double[] dRight = dRows[from + j];
        double d = dProducts[i][j] * scale;
        for (int k = 0; k < width; k++) {
          dLeft[x + k] += d * right[y + k];
          dRight[y + k] += d * left[x + k];
        }
      }
    }
  }
}
