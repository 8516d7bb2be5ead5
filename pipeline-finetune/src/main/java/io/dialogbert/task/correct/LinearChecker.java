package io.dialogbert.task.correct;

import io.dialogbert.common.Seeds;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A checker without a network: multinomial logistic regression over features that are there or not,
 * weighted by their inverse document frequency and normalized to length 1. Learned by stochastic
 * gradient descent with a rate for each feature (Duchi et al. 2011, AdaGrad) and L2 weight decay,
 * one row at a time in an order that the seed gives: the same bits on every machine.
 *
 * <p>MLlib's would be spread over the cluster, where sums depend on how rows are divided; and many
 * checkers are to learn at the same time, each in one Spark task.
 */
public final class LinearChecker {
  /** Weights, of all classes and features, at most; 4 bytes each. */
  private static final int MAX_WEIGHTS = 1 << 25;

  private static final int MAX_FEATURES = 1 << 18;
  private static final int EPOCHS = 6;
  private static final double RATE = 0.3;
  private static final double DECAY = 1e-4;

  private final int numClasses;

  /** [F][C] */
  private final float[] weights;

  private final float[] biases;
  private final float[] inverseFrequency;
  private final double[] gradients;
  private double biasGradients;

  /**
   * What is learned from a row.
   *
   * @param features ascending, each once
   * @param classes what the row may be
   * @param shares the probability of each of these, of a sum of 1
   */
  public record Lesson(int[] features, int[] classes, double[] shares) {
    /** A row of one class. */
    public static Lesson of(int[] features, int label) {
      return new Lesson(features, new int[] {label}, new double[] {1});
    }
  }

  /** Number of different features that fit into memory. */
  public static int numFeatures(int numClasses) {
    return Math.min(MAX_FEATURES, Integer.highestOneBit(MAX_WEIGHTS / numClasses));
  }

  private LinearChecker(int numClasses, List<Lesson> lessons) {
    int numFeatures = numFeatures(numClasses);
    this.numClasses = numClasses;
    this.weights = new float[numClasses * numFeatures];
    this.biases = new float[numClasses];
    this.inverseFrequency = new float[numFeatures];
    this.gradients = new double[numFeatures];
    lessons.forEach(
        lesson -> IntStream.of(lesson.features()).forEach(feature -> inverseFrequency[feature]++));
    for (int feature = 0; feature < numFeatures; feature++) {
      inverseFrequency[feature] =
          (float) (1 + StrictMath.log((1.0 + lessons.size()) / (1 + inverseFrequency[feature])));
    }
  }

  /**
   * Learns from rows.
   *
   * @param lessons in an order that does not depend on how they are stored
   * @param seed of the order of learning
   */
  public static LinearChecker learn(int numClasses, List<Lesson> lessons, long seed) {
    LinearChecker checker = new LinearChecker(numClasses, lessons);
    for (int epoch = 0; epoch < EPOCHS; epoch++) {
      for (int place : Seeds.permutation(lessons.size(), Seeds.of(seed, "checker", epoch))) {
        checker.step(lessons.get(place));
      }
    }
    return checker;
  }

  private void step(Lesson lesson) {
    double[] values = values(lesson.features());
    double[] errors = logits(lesson.features(), values);
    softmax(errors);
    for (int i = 0; i < lesson.classes().length; i++) {
      errors[lesson.classes()[i]] -= lesson.shares()[i];
    }
    double square = Arrays.stream(errors).map(error -> error * error).sum();
    biasGradients += square;
    double biasRate = RATE / Math.sqrt(1 + biasGradients);
    for (int c = 0; c < numClasses; c++) {
      biases[c] -= (float) (biasRate * errors[c]);
    }
    for (int i = 0; i < values.length; i++) {
      int feature = lesson.features()[i];
      gradients[feature] += square * values[i] * values[i];
      double rate = RATE / Math.sqrt(1e-2 + gradients[feature]);
      int at = feature * numClasses;
      for (int c = 0; c < numClasses; c++) {
        weights[at + c] -= (float) (rate * (errors[c] * values[i] + DECAY * weights[at + c]));
      }
    }
  }

  /** The logits of a row [C]. */
  public double[] logits(int[] features) {
    return logits(features, values(features));
  }

  private double[] logits(int[] features, double[] values) {
    double[] logits = new double[numClasses];
    for (int c = 0; c < numClasses; c++) {
      logits[c] = biases[c];
    }
    for (int i = 0; i < features.length; i++) {
      int at = features[i] * numClasses;
      for (int c = 0; c < numClasses; c++) {
        logits[c] += values[i] * weights[at + c];
      }
    }
    return logits;
  }

  /** The values of a row's features, of length 1 together. */
  private double[] values(int[] features) {
    double[] values = new double[features.length];
    double square = 0;
    for (int i = 0; i < values.length; i++) {
      values[i] = inverseFrequency[features[i]];
      square += values[i] * values[i];
    }
    double length = Math.sqrt(square);
    for (int i = 0; i < values.length; i++) {
      values[i] /= length;
    }
    return values;
  }

  private static void softmax(double[] logits) {
    double max = Arrays.stream(logits).max().orElseThrow();
    double sum = 0;
    for (int c = 0; c < logits.length; c++) {
      logits[c] = StrictMath.exp(logits[c] - max);
      sum += logits[c];
    }
    for (int c = 0; c < logits.length; c++) {
      logits[c] /= sum;
    }
  }
}
