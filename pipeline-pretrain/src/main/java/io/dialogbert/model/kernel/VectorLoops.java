package io.dialogbert.model.kernel;

/**
 * Loops over float arrays in a form that the JVM's compiler vectorizes: no branch, one index for
 * all arrays. The compiler never reorders sums, so these use eight explicit lanes.
 */
public final class VectorLoops {
  private static final float CDF_LIMIT = 5.4f;
  private static final float SLOPE_LIMIT = 5.6f;

  private VectorLoops() {}

  static void add(float[] x, float[] y, int length) {
    for (int i = 0; i < length; i++) {
      x[i] += y[i];
    }
  }

  static void multiply(float[] x, float[] y, int length) {
    for (int i = 0; i < length; i++) {
      x[i] *= y[i];
    }
  }

  static void product(float[] x, float[] y, float[] z, int length) {
    for (int i = 0; i < length; i++) {
      z[i] = x[i] * y[i];
    }
  }

  static void multiplyAdd(float[] x, float[] factor, float[] summand, int length) {
    for (int i = 0; i < length; i++) {
      x[i] = x[i] * factor[i] + summand[i];
    }
  }

  static void scale(float[] x, int from, int to, float factor) {
    for (int i = from; i < to; i++) {
      x[i] *= factor;
    }
  }

  static void shift(float[] x, int from, int to, float summand) {
    for (int i = from; i < to; i++) {
      x[i] += summand;
    }
  }

  /** x = (x - mean) * factor. */
  static void normalize(float[] x, int from, int to, float mean, float factor) {
    for (int i = from; i < to; i++) {
      x[i] = (x[i] - mean) * factor;
    }
  }

  /** g = (g - mean - n * meanProduct) * factor: gradient of layer normalization for one row. */
  static void normalizeBackward(
      float[] g, float[] n, int from, int to, float mean, float meanProduct, float factor) {
    for (int i = from; i < to; i++) {
      g[i] = (g[i] - mean - n[i] * meanProduct) * factor;
    }
  }

  /** d = p (d - sum): gradient of softmax for one row. */
  static void softmaxBackward(float[] d, float[] p, int from, int to, float sum) {
    for (int i = from; i < to; i++) {
      d[i] = p[i] * (d[i] - sum);
    }
  }

  /** Adam: updates the moments m and v with gradient g, and turns g into the update. */
  public static void adam(
      float[] g,
      float[] m,
      float[] v,
      int length,
      float rate,
      float beta1,
      float beta2,
      float epsilon) {
    float rest1 = 1 - beta1;
    float rest2 = 1 - beta2;
    for (int i = 0; i < length; i++) {
      float moment = beta1 * m[i] + rest1 * g[i];
      float square = beta2 * v[i] + rest2 * (g[i] * g[i]);
      m[i] = moment;
      v[i] = square;
      g[i] = rate * moment / ((float) Math.sqrt(square) + epsilon);
    }
  }

  /** dy = dy (1 - y^2). */
  static void tanhBackward(float[] y, float[] dy, int length) {
    for (int i = 0; i < length; i++) {
      dy[i] *= 1 - y[i] * y[i];
    }
  }

  static float sum(float[] x, int from, int to) {
    float a = 0;
    float b = 0;
    float c = 0;
    float d = 0;
    float e = 0;
    float f = 0;
    float g = 0;
    float h = 0;
    int i = from;
    for (; i <= to - 8; i += 8) {
      a += x[i];
      b += x[i + 1];
      c += x[i + 2];
      d += x[i + 3];
      e += x[i + 4];
      f += x[i + 5];
      g += x[i + 6];
      h += x[i + 7];
    }
    for (; i < to; i++) {
      a += x[i];
    }
    return ((a + b) + (c + d)) + ((e + f) + (g + h));
  }

  /** Sum of x[i] y[i]. */
  public static float dot(float[] x, float[] y, int from, int to) {
    float a = 0;
    float b = 0;
    float c = 0;
    float d = 0;
    int i = from;
    for (; i <= to - 4; i += 4) {
      a += x[i] * y[i];
      b += x[i + 1] * y[i + 1];
      c += x[i + 2] * y[i + 2];
      d += x[i + 3] * y[i + 3];
    }
    for (; i < to; i++) {
      a += x[i] * y[i];
    }
    return (a + b) + (c + d);
  }

  /** Sum of squared differences from {@code mean}. */
  static float squaredDeviations(float[] x, int from, int to, float mean) {
    float a = 0;
    float b = 0;
    float c = 0;
    float d = 0;
    int i = from;
    for (; i <= to - 4; i += 4) {
      float u = x[i] - mean;
      float v = x[i + 1] - mean;
      float w = x[i + 2] - mean;
      float z = x[i + 3] - mean;
      a += u * u;
      b += v * v;
      c += w * w;
      d += z * z;
    }
    for (; i < to; i++) {
      float u = x[i] - mean;
      a += u * u;
    }
    return (a + b) + (c + d);
  }

  /** The largest of at least one element. Compares, because Math.max takes three times as long. */
  static float max(float[] x, int from, int to) {
    float a = x[from];
    float b = a;
    float c = a;
    float d = a;
    int i = from;
    for (; i <= to - 4; i += 4) {
      a = x[i] > a ? x[i] : a;
      b = x[i + 1] > b ? x[i + 1] : b;
      c = x[i + 2] > c ? x[i + 2] : c;
      d = x[i + 3] > d ? x[i + 3] : d;
    }
    for (; i < to; i++) {
      a = x[i] > a ? x[i] : a;
    }
    return Math.max(Math.max(a, b), Math.max(c, d));
  }

  /** The largest absolute value of at least one element. */
  static float maxAbs(float[] x, int length) {
    float a = 0;
    float b = 0;
    float c = 0;
    float d = 0;
    int i = 0;
    for (; i <= length - 4; i += 4) {
      a = Math.abs(x[i]) > a ? Math.abs(x[i]) : a;
      b = Math.abs(x[i + 1]) > b ? Math.abs(x[i + 1]) : b;
      c = Math.abs(x[i + 2]) > c ? Math.abs(x[i + 2]) : c;
      d = Math.abs(x[i + 3]) > d ? Math.abs(x[i + 3]) : d;
    }
    for (; i < length; i++) {
      a = Math.abs(x[i]) > a ? Math.abs(x[i]) : a;
    }
    return Math.max(Math.max(a, b), Math.max(c, d));
  }

  static void tanh(float[] x, int length) {
    for (int i = 0; i < length; i++) {
      x[i] = (float) Math.tanh(x[i]);
    }
  }

  /**
   * y = z cdf(z), where the normal cdf(z) = 1/2 + z p(z^2) / q(z^2). The quotient is a fit within
   * 6e-9 for |z| up to 5.4; beyond that, cdf is 0 or 1 in float.
   */
  static void gelu(float[] z, float[] y, int length) {
    for (int i = 0; i < length; i++) {
      float v = z[i];
      float c = Math.min(Math.max(v, -CDF_LIMIT), CDF_LIMIT);
      float u = c * c;
      float p = Math.fma(u, 2.338674e-8f, 6.360017e-6f);
      p = Math.fma(u, p, 1.6432154e-4f);
      p = Math.fma(u, p, 0.0046508503f);
      p = Math.fma(u, p, 0.033372216f);
      p = Math.fma(u, p, 0.39894223f);
      float q = Math.fma(u, 1.2165909e-6f, 7.240012e-5f);
      q = Math.fma(u, q, 0.0018589807f);
      q = Math.fma(u, q, 0.028378678f);
      q = Math.fma(u, q, 0.2503178f);
      q = Math.fma(u, q, 1f);
      y[i] = v * (0.5f + c * p / q);
    }
  }

  /**
   * dy = dy d/dz (z cdf(z)). The slope is also 1/2 + z p(z^2) / q(z^2), a fit within 1.1e-7 for |z|
   * up to 5.6; beyond that, it is within 4e-7 of 0 or 1.
   */
  static void geluBackward(float[] z, float[] dy, int length) {
    for (int i = 0; i < length; i++) {
      float c = Math.min(Math.max(z[i], -SLOPE_LIMIT), SLOPE_LIMIT);
      float u = c * c;
      float p = Math.fma(u, 1.9216617e-7f, 3.5899226e-5f);
      p = Math.fma(u, p, 1.9754496e-5f);
      p = Math.fma(u, p, 0.014226057f);
      p = Math.fma(u, p, -0.030975197f);
      p = Math.fma(u, p, 0.79788536f);
      float q = Math.fma(u, 8.928134e-6f, 1.9205268e-4f);
      q = Math.fma(u, q, 0.0035226427f);
      q = Math.fma(u, q, 0.040983796f);
      q = Math.fma(u, q, 0.29451978f);
      q = Math.fma(u, q, 1f);
      dy[i] *= 0.5f + c * p / q;
    }
  }

  /**
   * First half of exp for arguments up to 0: x = exp(r), t = 1.5 * 2^23 + k, where the argument is
   * k log 2 + r and |r| is at most log(2) / 2. Arguments below -87 are taken as -87.
   *
   * @see FloatBits#exp
   */
  static void expReduced(float[] x, float[] t, int length) {
    for (int i = 0; i < length; i++) {
      float v = Math.max(x[i], -87f);
      float shifted = Math.fma(v, 1.442695f, 12582912f);
      t[i] = shifted;
      float k = shifted - 12582912f;
      float r = Math.fma(k, -0.69314575f, v);
      r = Math.fma(k, -1.4286068e-6f, r);
      float p = Math.fma(r, 0.0013814452f, 0.008368782f);
      p = Math.fma(r, p, 0.041668393f);
      p = Math.fma(r, p, 0.1666652f);
      p = Math.fma(r, p, 0.49999994f);
      p = Math.fma(r, p, 1f);
      x[i] = Math.fma(r, p, 1f);
    }
  }

  /** Turns the bits of 1.5 * 2^23 + k into those of 2^k, k above -127. */
  static void powersOfTwo(int[] bits, int length) {
    for (int i = 0; i < length; i++) {
      bits[i] = (bits[i] << 23) + 0x3F800000;
    }
  }
}
