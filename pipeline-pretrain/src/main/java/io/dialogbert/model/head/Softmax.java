package io.dialogbert.model.head;

/**
 * Cross-entropy of the softmax down a range of a column against one row.
 *
 * @param loss in nats
 * @param hit whether the row has the (first) maximum
 */
record Softmax(double loss, boolean hit) {
  /**
   * Computes it, and replaces the range by its gradient.
   *
   * @param values rows by columns
   * @param from first row of the range
   * @param to end of the range, excluded
   * @param answer row of the right one, within the range
   * @param scale weight of the loss
   */
  static Softmax over(double[][] values, int column, int from, int to, int answer, double scale) {
    int best = from;
    for (int row = from; row < to; row++) {
      best = values[row][column] > values[best][column] ? row : best;
    }
    double max = values[best][column];
    double sum = 0;
    for (int row = from; row < to; row++) {
      sum += Math.exp(values[row][column] - max);
    }
    double loss = Math.log(sum) + max - values[answer][column];
    for (int row = from; row < to; row++) {
      double probability = Math.exp(values[row][column] - max) / sum;
      values[row][column] = scale * (probability - (row == answer ? 1 : 0));
    }
    return new Softmax(loss, best == answer);
  }
}
