package io.dialogbert.model.head;

/**
 * Cross-entropy of the softmax down a range of a column against one row.
 *
 * @param loss in nats
 * @param hit whether the row has the (first) maximum
 */
public record Softmax(double loss, boolean hit) {
  /**
   * Probabilities of classes.
   *
   * @param logits float32 [C], C at least 1
   * @return float32 [C], in [0, 1]
   */
  public static float[] probabilities(float[] logits) {
    double[][] column = new double[logits.length][1];
    for (int c = 0; c < logits.length; c++) {
      column[c][0] = logits[c];
    }
    normalize(column, 0, 0, logits.length, best(column, 0, 0, logits.length));
    float[] probabilities = new float[logits.length];
    for (int c = 0; c < logits.length; c++) {
      probabilities[c] = (float) column[c][0];
    }
    return probabilities;
  }

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
    int best = best(values, column, from, to);
    double ofAnswer = values[answer][column];
    double loss = normalize(values, column, from, to, best) - ofAnswer;
    for (int row = from; row < to; row++) {
      values[row][column] = scale * (values[row][column] - (row == answer ? 1 : 0));
    }
    return new Softmax(loss, best == answer);
  }

  private static int best(double[][] values, int column, int from, int to) {
    int best = from;
    for (int row = from; row < to; row++) {
      best = values[row][column] > values[best][column] ? row : best;
    }
    return best;
  }

  /** Replaces the range by its softmax; returns the logarithm of the sum of exponentials. */
  private static double normalize(double[][] values, int column, int from, int to, int best) {
    // Without the maximum, the exponentials would overflow.
    double max = values[best][column];
    double sum = 0;
    for (int row = from; row < to; row++) {
      values[row][column] = Math.exp(values[row][column] - max);
      sum += values[row][column];
    }
    for (int row = from; row < to; row++) {
      values[row][column] /= sum;
    }
    return Math.log(sum) + max;
  }
}
