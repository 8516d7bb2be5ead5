package io.dialogbert.model.kernel;

import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * {@link Kernels#layerNorm}, {@link Kernels#dropoutResidualLayerNorm} and their gradients, one
 * block of rows at a time.
 *
 * <p>Weights and biases are repeated for every row of a block, so that one loop covers many rows.
 */
final class FloatLayerNorm {
  private final FloatBits blocks;
  private final HostFloats first = new HostFloats();
  private final HostFloats second = new HostFloats();
  private final HostFloats third = new HostFloats();
  private final HostFloats fourth = new HostFloats();
  private final HostFloats mean = new HostFloats();
  private final HostFloats variance = new HostFloats();
  private final HostFloats parameters = new HostFloats();
  private float[] a = new float[0];
  private float[] b = new float[0];
  private float[] c = new float[0];
  private float[] mask = new float[0];
  private float[] weightTile = new float[0];
  private float[] biasTile = new float[0];
  private float[] weightSums = new float[0];
  private float[] biasSums = new float[0];
  private float[] means = new float[0];
  private float[] variances = new float[0];

  FloatLayerNorm(FloatBits blocks) {
    this.blocks = blocks;
  }

  /** Number of rows in a block; grows the scratch arrays to hold one block. */
  private int rowsPerBlock(int columns) {
    int size = Math.max(FloatBits.SIZE, columns);
    if (a.length < size) {
      a = new float[size];
      b = new float[size];
      c = new float[size];
      mask = new float[size];
      weightTile = new float[size];
      biasTile = new float[size];
      weightSums = new float[size];
      biasSums = new float[size];
      means = new float[size];
      variances = new float[size];
    }
    return Math.max(1, FloatBits.SIZE / columns);
  }

  void forward(INDArray x, Kernels.Norm norm, INDArray y) {
    int columns = x.columns();
    int rows = x.rows();
    int step = startNorm(norm, rows, columns);
    first.bind(x);
    second.bind(y);
    for (int row = 0; row < rows; row += step) {
      int count = Math.min(step, rows - row) * columns;
      long at = (long) row * columns;
      first.read(at, a, count);
      normalize(norm, row, columns, count);
      second.write(at, a, count);
    }
  }

  /** x = dropout(x) + residual, y = layerNorm(x). */
  void forward(INDArray x, INDArray residual, Dropout dropout, Kernels.Norm norm, INDArray y) {
    int columns = x.columns();
    int rows = x.rows();
    int step = startNorm(norm, rows, columns);
    first.bind(x);
    second.bind(residual);
    fourth.bind(y);
    for (int row = 0; row < rows; row += step) {
      int count = Math.min(step, rows - row) * columns;
      long at = (long) row * columns;
      first.read(at, a, count);
      second.read(at, b, count);
      if (dropout.active()) {
        blocks.mask(dropout, at, mask, count);
        VectorLoops.multiplyAdd(a, mask, b, count);
      } else {
        VectorLoops.add(a, b, count);
      }
      first.write(at, a, count);
      normalize(norm, row, columns, count);
      fourth.write(at, a, count);
    }
  }

  private int startNorm(Kernels.Norm norm, int rows, int columns) {
    int step = Math.min(rows, rowsPerBlock(columns));
    FloatBits.tile(parameters.bind(norm.weight()), step, weightTile);
    FloatBits.tile(parameters.bind(norm.bias()), step, biasTile);
    mean.bind(norm.mean());
    variance.bind(norm.variance());
    return step;
  }

  /** Layer normalization of the rows in {@code a}, in place. */
  private void normalize(Kernels.Norm norm, int row, int columns, int count) {
    int n = 0;
    for (int i = 0; i < count; i += columns) {
      float rowMean = VectorLoops.sum(a, i, i + columns) / columns;
      float rowVariance = VectorLoops.squaredDeviations(a, i, i + columns, rowMean) / columns;
      VectorLoops.normalize(a, i, i + columns, rowMean, inverseDeviation(rowVariance, norm));
      means[n] = rowMean;
      variances[n++] = rowVariance;
    }
    VectorLoops.multiplyAdd(a, weightTile, biasTile, count);
    mean.write(row, means, n);
    variance.write(row, variances, n);
  }

  private static float inverseDeviation(float variance, Kernels.Norm norm) {
    return (float) (1 / Math.sqrt(variance + norm.eps()));
  }

  // With n = (x - mean) / deviation and g = dy weight: dx = (g - mean(g) - n mean(g n)) / deviation
  void backward(
      INDArray dy,
      INDArray x,
      Dropout dropout,
      Kernels.Norm norm,
      INDArray dInput,
      INDArray dResidual,
      INDArray dWeight,
      INDArray dBias) {
    int columns = x.columns();
    int rows = x.rows();
    int step = startNorm(norm, rows, columns);
    first.bind(dy);
    second.bind(x);
    third.bind(dInput);
    fourth.bind(dResidual);
    Arrays.fill(weightSums, 0, step * columns, 0);
    Arrays.fill(biasSums, 0, step * columns, 0);
    for (int row = 0; row < rows; row += step) {
      int blockRows = Math.min(step, rows - row);
      int count = blockRows * columns;
      long at = (long) row * columns;
      first.read(at, a, count);
      second.read(at, b, count);
      mean.read(row, means, blockRows);
      variance.read(row, variances, blockRows);
      for (int n = 0; n < blockRows; n++) {
        variances[n] = inverseDeviation(variances[n], norm);
        VectorLoops.normalize(b, n * columns, (n + 1) * columns, means[n], variances[n]);
      }
      VectorLoops.add(biasSums, a, count);
      VectorLoops.product(a, b, c, count);
      VectorLoops.add(weightSums, c, count);
      VectorLoops.multiply(a, weightTile, count);
      VectorLoops.multiply(c, weightTile, count);
      for (int n = 0; n < blockRows; n++) {
        int from = n * columns;
        int to = from + columns;
        float meanGradient = VectorLoops.sum(a, from, to) / columns;
        float meanProduct = VectorLoops.sum(c, from, to) / columns;
        VectorLoops.normalizeBackward(a, b, from, to, meanGradient, meanProduct, variances[n]);
      }
      fourth.write(at, a, count);
      if (dropout.active()) {
        blocks.mask(dropout, at, mask, count);
        VectorLoops.multiply(a, mask, count);
      }
      if (dInput != dResidual) {
        third.write(at, a, count);
      }
    }
    sumTile(weightSums, step, dWeight);
    sumTile(biasSums, step, dBias);
  }

  /** Sums the rows of a tile. */
  private void sumTile(float[] tile, int rows, INDArray sums) {
    int columns = Math.toIntExact(sums.length());
    for (int row = 1; row < rows; row++) {
      for (int i = 0; i < columns; i++) {
        tile[i] += tile[row * columns + i];
      }
    }
    parameters.bind(sums).write(0, tile, columns);
  }
}
