package io.dialogbert.model.kernel;

import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * All arithmetic of the encoder: the one interface between the model and its backends.
 *
 * <p>Matrices are row-major ('c') without gaps between rows. All have the data type that the
 * kernels were created for: float in production, double in gradient checks. Callers own every
 * array; nothing is allocated for results. Arguments of one call must not overlap unless the method
 * allows it. Gradients are overwritten unless the method says that it adds to them. Letters: N
 * tokens, B sequences, H hidden, A heads, O and K widths of a linear map, C classes.
 *
 * <p>An instance has its own scratch memory and serves one network in one thread.
 */
public interface Kernels {
  /**
   * The fastest kernels that this machine has for the data type.
   *
   * @param precision of the matrix products; double ignores it
   * @throws io.dialogbert.common.BadConfigException if this machine does not have the precision
   */
  static Kernels create(DataType dataType, Precision precision) {
    Precision here = precision.here();
    return HostMemory.shared() && dataType == DataType.FLOAT && OneDnn.available()
        ? new OneDnnKernels(here)
        : new Nd4jKernels(dataType);
  }

  /**
   * A copy of the weight of a linear map for inference, of the type and in the order that is
   * fastest to read. It is shared by all kernels of the same precision, for forward passes only.
   *
   * @param weight [O, K]
   */
  INDArray freeze(INDArray weight);

  /**
   * y = x w' + b.
   *
   * @param x [N, K]
   * @param weight [O, K], or what {@link #freeze} made of it
   * @param bias [O]
   * @param y [N, O]
   */
  void linear(INDArray x, INDArray weight, INDArray bias, INDArray y);

  /**
   * y = GELU(z), z = x w' + b, with GELU(z) = z (1 + erf(z / sqrt 2)) / 2.
   *
   * @param x [N, K]
   * @param weight [O, K], or what {@link #freeze} made of it
   * @param bias [O]
   * @param z [N, O], kept for {@link #geluBackward}
   * @param y [N, O]
   * @see <a href="https://arxiv.org/abs/1606.08415">Hendrycks and Gimpel 2016, section 2</a>
   */
  void linearGelu(INDArray x, INDArray weight, INDArray bias, INDArray z, INDArray y);

  /**
   * y = GELU(z).
   *
   * @param z [N, O] as {@link #linearGelu} left it
   * @param y [N, O]
   */
  void gelu(INDArray z, INDArray y);

  /**
   * y = tanh(x w' + b).
   *
   * @param x [N, K]
   * @param weight [O, K], or what {@link #freeze} made of it
   * @param bias [O]
   * @param y [N, O]
   */
  void linearTanh(INDArray x, INDArray weight, INDArray bias, INDArray y);

  /**
   * dx = dy w.
   *
   * @param dy [N, O]
   * @param weight [O, K]
   * @param dx [N, K]
   */
  void linearBackwardInput(INDArray dy, INDArray weight, INDArray dx);

  /** dx = dx + dy w; shapes as in {@link #linearBackwardInput}. */
  void linearBackwardInputAdd(INDArray dy, INDArray weight, INDArray dx);

  /**
   * dw = dy' x, db = column sums of dy.
   *
   * @param x [N, K]
   * @param dy [N, O]
   * @param dWeight [O, K]
   * @param dBias [O]
   */
  void linearBackwardWeight(INDArray x, INDArray dy, INDArray dWeight, INDArray dBias);

  /**
   * dz = dy GELU'(z).
   *
   * @param z [N, O] as {@link #linearGelu} left it
   * @param dy [N, O]
   * @param dz [N, O]; may be {@code dy}
   */
  void geluBackward(INDArray z, INDArray dy, INDArray dz);

  /**
   * dz = dy (1 - y^2).
   *
   * @param y [N, O] as {@link #linearTanh} left it
   * @param dy [N, O]
   * @param dz [N, O]; may be {@code dy}
   */
  void tanhBackward(INDArray y, INDArray dy, INDArray dz);

  /** x = x * mask, both in the forward and in the backward pass; any shape. */
  void dropout(INDArray x, Dropout dropout);

  /**
   * Layer normalization over the last axis: y = (x - mean) / sqrt(variance + eps) * weight + bias.
   *
   * @param x [N, H]; kept for the backward pass
   * @param norm receives mean and variance [N], for the backward pass
   * @param y [N, H]
   * @see <a href="https://arxiv.org/abs/1607.06450">Ba et al. 2016, section 3</a>
   */
  void layerNorm(INDArray x, Norm norm, INDArray y);

  /**
   * The end of a sublayer in post-layer-norm BERT: x = dropout(x) + residual, y = layerNorm(x).
   *
   * @param x [N, H] the sublayer's output; on return the sum, kept for the backward pass
   * @param residual [N, H] the sublayer's input
   * @param y [N, H]
   */
  void dropoutResidualLayerNorm(
      INDArray x, INDArray residual, Dropout dropout, Norm norm, INDArray y);

  /**
   * Gradient of {@link #layerNorm}.
   *
   * @param dy [N, H]
   * @param x [N, H] as in the forward pass
   * @param norm as the forward pass left it
   * @param dx [N, H]
   * @param dWeight [H]
   * @param dBias [H]
   */
  void layerNormBackward(
      INDArray dy, INDArray x, Norm norm, INDArray dx, INDArray dWeight, INDArray dBias);

  /**
   * Gradient of {@link #dropoutResidualLayerNorm}.
   *
   * @param dy [N, H]
   * @param sum [N, H] what the forward pass left in {@code x}
   * @param dInput [N, H] gradient of the sublayer's output
   * @param dResidual [N, H] gradient of the sublayer's input along the residual path
   * @param dWeight [H]
   * @param dBias [H]
   */
  void dropoutResidualLayerNormBackward(
      INDArray dy,
      INDArray sum,
      Dropout dropout,
      Norm norm,
      INDArray dInput,
      INDArray dResidual,
      INDArray dWeight,
      INDArray dBias);

  /**
   * Multi-head self-attention within each sequence: softmax(q k' / sqrt(H / A)) v for every head.
   *
   * @param qkv [N, 3H]: query, key and value of a token side by side, head by head within each
   * @param offsets [B + 1] first row of each sequence, then N
   * @param numHeads A
   * @param dropout applied to the probabilities
   * @param probs [{@link #numAttentionProbs}] the probabilities before dropout, kept for the
   *     backward pass; their order is up to the kernels
   * @param context [N, H]
   * @see <a href="https://arxiv.org/abs/1706.03762">Vaswani et al. 2017, section 3.2</a>
   */
  void attention(
      INDArray qkv, int[] offsets, int numHeads, Dropout dropout, INDArray probs, INDArray context);

  /**
   * Gradient of {@link #attention}.
   *
   * @param dContext [N, H]
   * @param dQkv [N, 3H]
   */
  void attentionBackward(
      INDArray qkv,
      int[] offsets,
      int numHeads,
      Dropout dropout,
      INDArray probs,
      INDArray dContext,
      INDArray dQkv);

  /** Number of elements in which {@link #attention} keeps the probabilities of a batch. */
  long numAttentionProbs(int[] offsets, int numHeads);

  /**
   * y[n] = sum of table[ids[n]] over all tables.
   *
   * @param tables each [rows, H]
   * @param ids one [N] per table
   * @param y [N, H]
   */
  void embed(List<INDArray> tables, List<int[]> ids, INDArray y);

  /**
   * y[n] = x[rows[n]].
   *
   * @param x [any, H]
   * @param rows [N]
   * @param y [N, H]
   */
  void gatherRows(INDArray x, int[] rows, INDArray y);

  /**
   * x[rows[n]] += y[n], in the order of n, even if rows repeat: the gradient of {@link #gatherRows}
   * and of {@link #embed}.
   *
   * @param y [N, H]
   * @param rows [N]
   * @param x [any, H]
   */
  void scatterAddRows(INDArray y, int[] rows, INDArray x);

  /**
   * Cross-entropy of the softmax of each row against one label.
   *
   * @param logits [N, C]; on return the gradient, {@code gradientScale} (softmax - onehot)
   * @param labels [N]
   * @return the sum over rows of -log softmax[label] in nats, and the number of rows whose (first)
   *     maximum is at the label
   */
  CrossEntropy softmaxCrossEntropy(INDArray logits, int[] labels, double gradientScale);

  /** Result of {@link #softmaxCrossEntropy}. */
  record CrossEntropy(double lossSum, int numCorrect) {}

  /**
   * Kullback-Leibler divergence from teacher to student at a temperature: sum over rows of
   * KL(softmax(teacher / T) || softmax(student / T)) in nats.
   *
   * @param logits [N, C] the student's; on return the gradient with respect to {@code logits / T}:
   *     {@code gradientScale} (softmax(student / T) - softmax(teacher / T))
   * @param teacherLogits [N, C]; on return undefined
   * @param temperature T, above 0
   * @see <a href="https://arxiv.org/abs/1503.02531">Hinton et al. 2015, section 2</a>
   */
  double softCrossEntropy(
      INDArray logits, INDArray teacherLogits, double temperature, double gradientScale);

  /**
   * One layer normalization: its parameters, and the statistics that the forward pass stores for
   * the backward pass.
   *
   * @param weight [H]
   * @param bias [H]
   * @param eps added to the variance
   * @param mean [N]
   * @param variance [N], biased
   */
  record Norm(INDArray weight, INDArray bias, double eps, INDArray mean, INDArray variance) {}
}
