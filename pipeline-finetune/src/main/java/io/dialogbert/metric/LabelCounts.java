package io.dialogbert.metric;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * How often each label was right, was there and was predicted: of entities by their type, or of
 * elements by their tag. Counts of several texts add up. A ratio with a denominator of 0 is 0.
 * Letter L: labels. The record owns the arrays; nobody may change them.
 *
 * @param right [L]
 * @param there [L]
 * @param predicted [L]
 */
public record LabelCounts(long[] right, long[] there, long[] predicted) {
  /** Nothing of so many labels. */
  public static LabelCounts none(int numLabels) {
    return new LabelCounts(new long[numLabels], new long[numLabels], new long[numLabels]);
  }

  /** Both together. */
  public LabelCounts plus(LabelCounts other) {
    return new LabelCounts(
        sum(right, other.right), sum(there, other.there), sum(predicted, other.predicted));
  }

  private static long[] sum(long[] some, long[] others) {
    return IntStream.range(0, some.length).mapToLong(i -> some[i] + others[i]).toArray();
  }

  /** The share of what was predicted that is right. */
  public double precision() {
    return ratio(all(right), all(predicted));
  }

  /** The share of what is there that was predicted. */
  public double recall() {
    return ratio(all(right), all(there));
  }

  /** F1 of all labels together: micro F1. */
  public double f1() {
    return ratio(2 * all(right), all(predicted) + all(there));
  }

  /** F1 of one label. */
  public double f1(int label) {
    return ratio(2 * right[label], predicted[label] + there[label]);
  }

  /** The mean F1 of the labels that are there or predicted, as seqeval has it; 0 if none is. */
  public double macroF1() {
    return labels(0)
        .filter(label -> there[label] + predicted[label] > 0)
        .mapToDouble(this::f1)
        .average()
        .orElse(0);
  }

  /**
   * The mean F1 of all labels from one on, where one that is neither there nor predicted counts as
   * 1: scikit-learn's with {@code zero_division=True}.
   */
  public double macroF1OfAll(int from) {
    return labels(from)
        .mapToDouble(label -> there[label] + predicted[label] > 0 ? f1(label) : 1)
        .average()
        .orElse(0);
  }

  private IntStream labels(int from) {
    return IntStream.range(from, right.length);
  }

  private static long all(long[] counts) {
    return Arrays.stream(counts).sum();
  }

  private static double ratio(long numerator, long denominator) {
    return denominator == 0 ? 0 : (double) numerator / denominator;
  }
}
