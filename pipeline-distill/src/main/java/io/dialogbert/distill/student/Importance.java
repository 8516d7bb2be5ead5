package io.dialogbert.distill.student;

import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.ParameterLayout;
import io.dialogbert.model.head.DataParallel;
import io.dialogbert.model.head.ModelConfig;
import io.dialogbert.model.kernel.DropoutSeeds;
import io.dialogbert.model.kernel.Kernels;
import io.dialogbert.model.kernel.Precision;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How much the loss would change without a head or a unit, to first order: the sum over batches of
 * |dL/dg|, where g = 1 multiplies what the head or the unit writes. With W the matrix that it is
 * written by, dL/dg is the sum of W · dL/dW over its columns, so no activation is needed.
 *
 * @see <a href="https://arxiv.org/abs/1905.10650">Michel et al. 2019, equation 2, for heads and
 *     batches of one example</a>
 * @see <a href="https://arxiv.org/abs/1906.10771">Molchanov et al. 2019, equation 8</a>
 */
public final class Importance {
  private final ModelConfig model;
  private final ParameterLayout layout;
  private final INDArray flat;
  private final INDArray gradient;
  private final DataParallel networks;
  private final double[][] heads;
  private final double[][] units;

  /**
   * Without batches, all scores are 0.
   *
   * @param flat the network's parameters; may not change meanwhile
   */
  public Importance(ModelConfig model, INDArray flat) {
    EncoderConfig encoder = model.encoder();
    this.model = model;
    this.layout = model.layout();
    this.flat = flat;
    this.gradient = flat.ulike();
    this.networks =
        DataParallel.over(model, flat, () -> Kernels.create(flat.dataType(), Precision.FLOAT32));
    this.heads = new double[encoder.numHiddenLayers()][encoder.numAttentionHeads()];
    this.units = new double[encoder.numHiddenLayers()][encoder.intermediateSize()];
  }

  /**
   * Adds a batch, without dropout.
   *
   * @param batch with targets; the fewer sequences, the less do their slopes cancel
   */
  public void add(PackedBatch batch) {
    networks.gradient(batch, 0, batch.numSequences(), DropoutSeeds.OFF, gradient);
    for (int layer = 0; layer < units.length; layer++) {
      String prefix = "encoder.layer." + layer + ".";
      add(
          heads[layer],
          Units.sums(slopes(prefix + "attention.output.dense.weight"), model.encoder().headSize()));
      add(units[layer], slopes(prefix + "output.dense.weight"));
    }
  }

  /** The slope of the loss along the factor of each column. */
  private double[] slopes(String matrix) {
    return layout.view(flat, matrix).mul(layout.view(gradient, matrix)).sum(0).toDoubleVector();
  }

  private static void add(double[] scores, double[] slopes) {
    for (int i = 0; i < scores.length; i++) {
      scores[i] += Math.abs(slopes[i]);
    }
  }

  /** For each layer, the scores of its heads. */
  public double[][] heads() {
    return heads;
  }

  /** For each layer, the scores of its intermediate units. */
  public double[][] units() {
    return units;
  }

  /** For each layer, the indices of the greatest scores, ascending; of equal scores, the first. */
  public static List<int[]> best(double[][] scores, int count) {
    return Arrays.stream(scores).map(layer -> Units.best(layer, count)).toList();
  }
}
