package io.dialogbert.model;

import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * {@link Kernels#layerNorm}, {@link Kernels#dropoutResidualLayerNorm} and their gradients, a block
 * of rows at a time.
 *
 * <p>Weights and biases are laid out as a block of equal rows, so that one loop runs over many
 * rows.
 */
final class FloatLayerNorm {
  private final FloatBlocks blocks;
  private final FloatView first = new FloatView();
  private final FloatView second = new FloatView();
  private final FloatView third = new FloatView();
  private final FloatView fourth = new FloatView();
  private final FloatView mean = new FloatView();
  private final FloatView variance = new FloatView();
  private final FloatView parameters = new FloatView();
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

  FloatLayerNorm(FloatBlocks blocks) {
    this.blocks = blocks;
  }

  /** How many rows a block takes; makes the scratch arrays large enough for one. */
  private int rowsPerBlock(int columns) {
    int size = Math.max(FloatBlocks.SIZE, columns);
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
    return Math.max(1, FloatBlocks.SIZE / columns);
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
        FloatLoops.multiplyAdd(a, mask, b, count);
      } else {
        FloatLoops.add(a, b, count);
      }
      first.write(at, a, count);
      normalize(norm, row, columns, count);
      fourth.write(at, a, count);
    }
  }

  private int startNorm(Kernels.Norm norm, int rows, int columns) {
    int step = Math.min(rows, rowsPerBlock(columns));
    FloatBlocks.tile(parameters.bind(norm.weight()), step, weightTile);
    FloatBlocks.tile(parameters.bind(norm.bias()), step, biasTile);
    mean.bind(norm.mean());
    variance.bind(norm.variance());
    return step;
  }

  /** Layer normalization of the rows in {@code a}, in place. */
  private void normalize(Kernels.Norm norm, int row, int columns, int count) {
    int n = 0;
    for (int i = 0; i < count; i += columns) {
      float rowMean = FloatLoops.sum(a, i, i + columns) / columns;
      float rowVariance = FloatLoops.squaredDeviations(a, i, i + columns, rowMean) / columns;
      FloatLoops.normalize(a, i, i + columns, rowMean, inverseDeviation(rowVariance, norm));
      means[n] = rowMean;
      variances[n++] = rowVariance;
    }
    FloatLoops.multiplyAdd(a, weightTile, biasTile, count);
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
        FloatLoops.normalize(b, n * columns, (n + 1) * columns, means[n], variances[n]);
      }
      FloatLoops.add(biasSums, a, count);
      FloatLoops.product(a, b, c, count);
      FloatLoops.add(weightSums, c, count);
      FloatLoops.multiply(a, weightTile, count);
      FloatLoops.multiply(c, weightTile, count);
      for (int n = 0; n < blockRows; n++) {
        int from = n * columns;
        int to = from + columns;
        float meanGradient = FloatLoops.sum(a, from, to) / columns;
        float meanProduct = FloatLoops.sum(c, from, to) / columns;
        FloatLoops.normalizeBackward(a, b, from, to, meanGradient, meanProduct, variances[n]);
      }
      fourth.write(at, a, count);
      if (dropout.active()) {
        blocks.mask(dropout, at, mask, count);
        FloatLoops.multiply(a, mask, count);
      }
      if (dInput != dResidual) {
        third.write(at, a, count);
      }
    }
    sumTile(weightSums, step, dWeight);
    sumTile(biasSums, step, dBias);
  }

  /** Adds up the rows of a tile. */
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
