package io.dialogbert.metric;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Predictions of one class for each example, as scikit-learn scores them. Classes that are neither
 * a label nor a prediction count in no mean. A ratio with a denominator of 0 is 0 (scikit-learn's
 * {@code zero_division=0}).
 */
public final class Classification {
  private final int[] labels;
  private final int[] predictions;
  private final long[] labeled;
  private final long[] predicted;
  private final long[] correct;

  /**
   * Counts the predictions. The arrays must not be changed afterwards.
   *
   * @param labels the true class of each example, in [0, numClasses); at least one
   * @param predictions as many predicted classes, in [0, numClasses)
   * @throws IllegalArgumentException if there is no example, a class is out of range or the lengths
   *     differ
   */
  public Classification(int[] labels, int[] predictions, int numClasses) {
    Checks.equallyLong("predictions", predictions.length, "labels", labels.length);
    this.labels = labels;
    this.predictions = predictions;
    labeled = new long[numClasses];
    predicted = new long[numClasses];
    correct = new long[numClasses];
    for (int i = 0; i < labels.length; i++) {
      labeled[inRange("label", labels[i], i, numClasses)]++;
      predicted[inRange("prediction", predictions[i], i, numClasses)]++;
      if (labels[i] == predictions[i]) {
        correct[labels[i]]++;
      }
    }
  }

  private static int inRange(String what, int value, int index, int numClasses) {
    if (value < 0 || value >= numClasses) {
      throw new IllegalArgumentException(
          "%s %d of example %d must be in [0, %d)".formatted(what, value, index, numClasses));
    }
    return value;
  }

  /** The share of examples whose prediction is their label. */
  public double accuracy() {
    return (double) Arrays.stream(correct).sum() / labels.length;
  }

  /**
   * The mean recall of the classes that are some example's label. Also known as balanced accuracy
   * and as macro top-1.
   */
  public double macroAccuracy() {
    return classes()
        .filter(c -> labeled[c] > 0)
        .mapToDouble(c -> (double) correct[c] / labeled[c])
        .average()
        .orElseThrow();
  }

  /**
   * The F1 of one class: 2 TP / (2 TP + FP + FN). For two classes, that of class 1 is the binary
   * F1.
   */
  public double f1(int classId) {
    long denominator = labeled[classId] + predicted[classId];
    return denominator == 0 ? 0 : 2.0 * correct[classId] / denominator;
  }

  /** The mean F1 of the classes that are a label or a prediction. */
  public double macroF1() {
    return classes()
        .filter(c -> labeled[c] + predicted[c] > 0)
        .mapToDouble(this::f1)
        .average()
        .orElseThrow();
  }

  /** The mean F1 of the classes, each weighted by its number of examples. */
  public double weightedF1() {
    return classes().mapToDouble(c -> labeled[c] * f1(c)).sum() / labels.length;
  }

  /**
   * How the classes with the most examples are confused.
   *
   * @param maxClasses at least 1
   */
  public Confusion confusion(int maxClasses) {
    int[] largest =
        classes()
            .filter(c -> labeled[c] > 0)
            .boxed()
            .sorted((a, b) -> Long.compare(labeled[b], labeled[a]))
            .limit(maxClasses)
            .mapToInt(Integer::intValue)
            .toArray();
    int[] place = new int[labeled.length];
    Arrays.fill(place, largest.length);
    for (int i = 0; i < largest.length; i++) {
      place[largest[i]] = i;
    }
    long[][] counts = new long[largest.length + 1][largest.length + 1];
    for (int i = 0; i < labels.length; i++) {
      counts[place[labels[i]]][place[predictions[i]]]++;
    }
    return new Confusion(largest, counts);
  }

  private IntStream classes() {
    return IntStream.range(0, labeled.length);
  }

  /**
   * Counts of labels and predictions.
   *
   * @param classes the C largest classes, the largest first; equally large ones by their number
   * @param counts int64 [C + 1, C + 1]: the examples with the label of the row and the prediction
   *     of the column; the last row and column stand for all other classes. The sum is the number
   *     of examples.
   */
  public record Confusion(int[] classes, long[][] counts) {}
}
