package io.dialogbert.metric;

/** What all metrics ask of their arguments. */
final class Checks {
  private Checks() {}

  /** Two arrays with one value for each example. */
  static void equallyLong(String what, int length, String other, int otherLength) {
    if (length != otherLength) {
      throw new IllegalArgumentException(
          "%d %s, but %d %s".formatted(length, what, otherLength, other));
    }
    notEmpty(length);
  }

  static void notEmpty(int length) {
    if (length == 0) {
      throw new IllegalArgumentException("a metric needs at least one example");
    }
  }

  /** Compares of a NaN are all false, so it would take a rank that it did not earn. */
  static double notNaN(double score, int index) {
    if (Double.isNaN(score)) {
      throw new IllegalArgumentException("score " + index + " is not a number");
    }
    return score;
  }
}
