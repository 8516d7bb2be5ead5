package io.dialogbert.model.kernel;

import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The kernels for a CPU, float only. oneDNN computes the matrix products; everything else is loops
 * that the JVM vectorizes, over blocks of rows that fit in the cache. Operations that follow a
 * matrix product are fused into one pass over its result.
 */
final class OneDnnKernels implements Kernels {
  private final Products products;
  private final Arena scratch = new Arena(DataType.FLOAT);
  private final FloatBits blocks = new FloatBits();
  private final OneDnnAttention attention = new OneDnnAttention(blocks);
  private final FloatLayerNorm layerNorm = new FloatLayerNorm(blocks);
  private final HostFloats first = new HostFloats();
  private final HostFloats second = new HostFloats();
  private final HostFloats third = new HostFloats();
  private float[] a = new float[0];
  private float[] b = new float[0];
  private float[] c = new float[0];
  private float[] mask = new float[0];
  private float[] biasTile = new float[0];

  /**
   * @throws IllegalStateException if oneDNN does not load on this machine
   * @throws io.dialogbert.common.BadConfigException if the processor lacks the precision
   */
  OneDnnKernels(Precision precision) {
    if (!OneDnn.available()) {
      throw new IllegalStateException("oneDNN does not load on this machine");
    }
    products = Products.of(precision);
  }

  /** Number of rows in a block; grows the scratch arrays to hold one block. */
  private int rowsPerBlock(int columns) {
    int size = Math.max(FloatBits.SIZE, columns);
    if (a.length < size) {
      a = new float[size];
      b = new float[size];
      c = new float[size];
      mask = new float[size];
      biasTile = new float[size];
    }
    return Math.max(1, FloatBits.SIZE / columns);
  }

  @Override
  public INDArray freeze(INDArray weight) {
    return products.freeze(weight);
  }

  @Override
  public void linear(INDArray x, INDArray weight, INDArray bias, INDArray y) {
    int rows = y.rows();
    int columns = y.columns();
    int step = Math.min(rows, rowsPerBlock(columns));
    FloatBits.tile(third.bind(bias), step, biasTile);
    HostFloats target = first.bind(y);
    for (int row = 0; row < rows; row += step) {
      int count = Math.min(step, rows - row) * columns;
      target.write((long) row * columns, biasTile, count);
    }
    products.forward(x, weight, true, y);
  }

  @Override
  public void linearGelu(INDArray x, INDArray weight, INDArray bias, INDArray z, INDArray y) {
    products.forward(x, weight, false, z);
    int rows = y.rows();
    int columns = y.columns();
    int step = Math.min(rows, rowsPerBlock(columns));
    FloatBits.tile(third.bind(bias), step, biasTile);
    first.bind(z);
    second.bind(y);
    for (int row = 0; row < rows; row += step) {
      int count = Math.min(step, rows - row) * columns;
      long at = (long) row * columns;
      first.read(at, a, count);
      VectorLoops.add(a, biasTile, count);
      first.write(at, a, count);
      VectorLoops.gelu(a, b, count);
      second.write(at, b, count);
    }
  }

  @Override
  public void gelu(INDArray z, INDArray y) {
    int size = rowsPerBlock(1);
    first.bind(z);
    second.bind(y);
    for (long at = 0; at < z.length(); at += size) {
      int count = (int) Math.min(size, z.length() - at);
      first.read(at, a, count);
      VectorLoops.gelu(a, b, count);
      second.write(at, b, count);
    }
  }

  @Override
  public void linearTanh(INDArray x, INDArray weight, INDArray bias, INDArray y) {
    linear(x, weight, bias, y);
    int size = rowsPerBlock(1);
    first.bind(y);
    for (long at = 0; at < y.length(); at += size) {
      int count = (int) Math.min(size, y.length() - at);
      first.read(at, a, count);
      VectorLoops.tanh(a, count);
      first.write(at, a, count);
    }
  }

  @Override
  public void linearBackwardInput(INDArray dy, INDArray weight, INDArray dx) {
    products.backwardInput(dy, weight, false, dx);
  }

  @Override
  public void linearBackwardInputAdd(INDArray dy, INDArray weight, INDArray dx) {
    products.backwardInput(dy, weight, true, dx);
  }

  @Override
  public void linearBackwardWeight(INDArray x, INDArray dy, INDArray dWeight, INDArray dBias) {
    long n = x.rows();
    long o = dy.columns();
    products.backwardWeight(x, dy, dWeight);
    first.bind(dy);
    // The column sums as a product with ones.
    second.bind(scratch.ones(n));
    OneDnn.gemm(false, false, 1, o, n, 1, second, n, first, o, 0, third.bind(dBias), o);
  }

  @Override
  public void geluBackward(INDArray z, INDArray dy, INDArray dz) {
    activationBackward(z, dy, dz, VectorLoops::geluBackward);
  }

  @Override
  public void tanhBackward(INDArray y, INDArray dy, INDArray dz) {
    activationBackward(y, dy, dz, VectorLoops::tanhBackward);
  }

  /** Turns the first elements of dy into the gradient, given the input it depends on. */
  @FunctionalInterface
  private interface BackwardLoop {
    void run(float[] x, float[] dy, int length);
  }

  private void activationBackward(INDArray x, INDArray dy, INDArray dz, BackwardLoop loop) {
    int size = rowsPerBlock(1);
    first.bind(x);
    second.bind(dy);
    third.bind(dz);
    for (long at = 0; at < x.length(); at += size) {
      int count = (int) Math.min(size, x.length() - at);
      first.read(at, a, count);
      second.read(at, b, count);
      loop.run(a, b, count);
      third.write(at, b, count);
    }
  }

  @Override
  public void dropout(INDArray x, Dropout dropout) {
    if (!dropout.active()) {
      return;
    }
    int size = rowsPerBlock(1);
    first.bind(x);
    for (long at = 0; at < x.length(); at += size) {
      int count = (int) Math.min(size, x.length() - at);
      first.read(at, a, count);
      blocks.mask(dropout, at, mask, count);
      VectorLoops.multiply(a, mask, count);
      first.write(at, a, count);
    }
  }

  @Override
  public void layerNorm(INDArray x, Norm norm, INDArray y) {
    layerNorm.forward(x, norm, y);
  }

  @Override
  public void dropoutResidualLayerNorm(
      INDArray x, INDArray residual, Dropout dropout, Norm norm, INDArray y) {
    layerNorm.forward(x, residual, dropout, norm, y);
  }

  @Override
  public void layerNormBackward(
      INDArray dy, INDArray x, Norm norm, INDArray dx, INDArray dWeight, INDArray dBias) {
    layerNorm.backward(dy, x, Dropout.NONE, norm, dx, dx, dWeight, dBias);
  }

  @Override
  public void dropoutResidualLayerNormBackward(
      INDArray dy,
      INDArray sum,
      Dropout dropout,
      Norm norm,
      INDArray dInput,
      INDArray dResidual,
      INDArray dWeight,
      INDArray dBias) {
    layerNorm.backward(dy, sum, dropout, norm, dInput, dResidual, dWeight, dBias);
  }

  @Override
  public long numAttentionProbs(int[] offsets, int numHeads) {
    return OneDnnAttention.numProbs(offsets, numHeads);
  }

  @Override
  public void attention(
      INDArray qkv,
      int[] offsets,
      int numHeads,
      Dropout dropout,
      INDArray probs,
      INDArray context) {
    attention.forward(qkv, offsets, numHeads, dropout, probs, context);
  }

  @Override
  public void attentionBackward(
      INDArray qkv,
      int[] offsets,
      int numHeads,
      Dropout dropout,
      INDArray probs,
      INDArray dContext,
      INDArray dQkv) {
    attention.backward(qkv, offsets, numHeads, dropout, probs, dContext, dQkv);
  }

  @Override
  public void embed(List<INDArray> tables, List<int[]> ids, INDArray y) {
    int columns = y.columns();
    int rows = y.rows();
    int step = rowsPerBlock(columns);
    second.bind(y);
    for (int row = 0; row < rows; row += step) {
      int blockRows = Math.min(step, rows - row);
      int count = blockRows * columns;
      readRows(tables.get(0), ids.get(0), row, blockRows, a);
      for (int i = 1; i < tables.size(); i++) {
        readRows(tables.get(i), ids.get(i), row, blockRows, b);
        VectorLoops.add(a, b, count);
      }
      second.write((long) row * columns, a, count);
    }
  }

  @Override
  public void gatherRows(INDArray x, int[] rows, INDArray y) {
    int columns = y.columns();
    int step = rowsPerBlock(columns);
    second.bind(y);
    for (int row = 0; row < rows.length; row += step) {
      int blockRows = Math.min(step, rows.length - row);
      readRows(x, rows, row, blockRows, a);
      second.write((long) row * columns, a, blockRows * columns);
    }
  }

  /**
   * Copies the table's rows ids[from], ids[from + 1], ... to consecutive rows of {@code target}.
   */
  private void readRows(INDArray table, int[] ids, int from, int count, float[] target) {
    int columns = table.columns();
    first.bind(table);
    for (int n = 0; n < count; n++) {
      first.read((long) ids[from + n] * columns, target, n * columns, columns);
    }
  }

  @Override
  public void scatterAddRows(INDArray y, int[] rows, INDArray x) {
    int columns = x.columns();
    rowsPerBlock(columns);
    first.bind(y);
    second.bind(x);
    for (int n = 0; n < rows.length; n++) {
      long at = (long) rows[n] * columns;
      first.read((long) n * columns, a, columns);
      second.read(at, b, columns);
      VectorLoops.add(b, a, columns);
      second.write(at, b, columns);
    }
  }

  @Override
  public CrossEntropy softmaxCrossEntropy(INDArray logits, int[] labels, double gradientScale) {
    int columns = logits.columns();
    rowsPerBlock(columns);
    first.bind(logits);
    double lossSum = 0;
    int numCorrect = 0;
    for (int n = 0; n < labels.length; n++) {
      int label = labels[n];
      first.read((long) n * columns, a, columns);
      float max = VectorLoops.max(a, 0, columns);
      float labelLogit = a[label];
      numCorrect += labelLogit == max && firstIndexOf(max) == label ? 1 : 0;
      VectorLoops.shift(a, 0, columns, -max);
      blocks.exp(a, columns);
      float sum = VectorLoops.sum(a, 0, columns);
      lossSum += Math.log(sum) - (labelLogit - (double) max);
      VectorLoops.scale(a, 0, columns, (float) (gradientScale / sum));
      a[label] -= (float) gradientScale;
      first.write((long) n * columns, a, columns);
    }
    return new CrossEntropy(lossSum, numCorrect);
  }

  private int firstIndexOf(float value) {
    int i = 0;
    while (a[i] != value) {
      i++;
    }
    return i;
  }

  @Override
  public double softCrossEntropy(
      INDArray logits, INDArray teacherLogits, double temperature, double gradientScale) {
    int columns = logits.columns();
    rowsPerBlock(columns);
    first.bind(logits);
    second.bind(teacherLogits);
    float inverse = (float) (1 / temperature);
    double divergence = 0;
    for (int n = 0; n < logits.rows(); n++) {
      long at = (long) n * columns;
      first.read(at, a, columns);
      second.read(at, b, columns);
      // KL = sum p_t (s_t - log Z_t - s_s + log Z_s) = sum p_t (s_t - s_s) + log Z_s - log Z_t
      for (int i = 0; i < columns; i++) {
        c[i] = (b[i] - a[i]) * inverse;
      }
      double studentLogSum = softmax(a, columns, inverse);
      double teacherLogSum = softmax(b, columns, inverse);
      divergence += VectorLoops.dot(b, c, 0, columns) + studentLogSum - teacherLogSum;
      for (int i = 0; i < columns; i++) {
        a[i] = (float) gradientScale * (a[i] - b[i]);
      }
      first.write(at, a, columns);
    }
    return divergence;
  }

  /** x = softmax(x * factor) of one row; returns the log of the sum of exponentials. */
  private double softmax(float[] x, int length, float factor) {
    VectorLoops.scale(x, 0, length, factor);
    float max = VectorLoops.max(x, 0, length);
    VectorLoops.shift(x, 0, length, -max);
    blocks.exp(x, length);
    float sum = VectorLoops.sum(x, 0, length);
    VectorLoops.scale(x, 0, length, 1 / sum);
    return max + Math.log(sum);
  }
}
