package io.dialogbert.finetune.objective;

/** Arithmetic of sentence vectors. */
public final class Vectors {
  private Vectors() {}

  public static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  /** Cosine of the angle between two vectors; 0 if one of them is zero. */
  public static double cosine(float[] a, float[] b) {
    double norms = Math.sqrt(dot(a, a)) * Math.sqrt(dot(b, b));
    return norms == 0 ? 0 : dot(a, b) / norms;
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
}
