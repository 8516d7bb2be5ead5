package io.dialogbert.finetune.objective;

import java.util.List;

/** Arithmetic of sentence vectors. */
public final class Vectors {
  private Vectors() {}

  public static double dot(float[] a, float[] b) {
    return dot(a, b, a.length);
  }

  private static double dot(float[] a, float[] b, int width) {
    double sum = 0;
    for (int i = 0; i < width; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  /** Cosine of the angle between two vectors; 0 if one of them is zero. */
  public static double cosine(float[] a, float[] b) {
    return cosine(a, b, a.length);
  }

  /** Cosine of the angle between the first {@code width} elements of two vectors. */
  static double cosine(float[] a, float[] b, int width) {
    double norms = Math.sqrt(dot(a, a, width)) * Math.sqrt(dot(b, b, width));
    return norms == 0 ? 0 : dot(a, b, width) / norms;
  }

  /** Name of a figure of prefixes. */
  static String ofWidth(String figure, int width) {
    return figure + "_width_" + width;
  }

  /** A vector of length 1 in the same direction; a zero vector stays as it is. */
  public static float[] direction(float[] vector) {
    double norm = Math.sqrt(dot(vector, vector));
    float[] direction = new float[vector.length];
    for (int i = 0; i < vector.length && norm > 0; i++) {
      direction[i] = (float) (vector[i] / norm);
    }
    return direction;
  }

  /** The mean of vectors; at least one. */
  static float[] mean(List<float[]> vectors) {
    double[] sums = new double[vectors.get(0).length];
    for (float[] vector : vectors) {
      for (int i = 0; i < sums.length; i++) {
        sums[i] += vector[i];
      }
    }
    float[] mean = new float[sums.length];
    for (int i = 0; i < mean.length; i++) {
      mean[i] = (float) (sums[i] / vectors.size());
    }
    return mean;
  }

  /**
   * Mean squared distance of vectors of length 1 from their mean, in [0, 1].
   *
   * @param directions the vectors, or the means of equally many of them each
   */
  static double variance(List<float[]> directions) {
    float[] mean = mean(directions);
    return Math.max(0, 1 - dot(mean, mean));
  }
}
