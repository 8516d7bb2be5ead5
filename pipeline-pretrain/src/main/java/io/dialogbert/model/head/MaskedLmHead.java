package io.dialogbert.model.head;

import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.ParameterLayout;
import io.dialogbert.model.kernel.Arena;
import io.dialogbert.model.kernel.Dropout;
import io.dialogbert.model.kernel.Kernels;
import java.util.function.Function;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Predicts tokens: linear, GELU, layer normalization, then a decoder. The decoder is the
 * word-embedding matrix itself plus a bias. Letters: M rows, H hidden, V vocabulary.
 *
 * @see <a href="https://arxiv.org/abs/1810.04805">Devlin et al. 2019, section 3.1</a>
 */
final class MaskedLmHead implements HeadNetwork {
  private final EncoderConfig config;
  private final Parameters parameters;
  private final Kernels kernels;
  private final Arena arena;
  private INDArray pooled;

  /** The head's parameters, or their gradients; {@code decoder} is the word-embedding matrix. */
  private record Parameters(
      INDArray weight,
      INDArray bias,
      INDArray normWeight,
      INDArray normBias,
      INDArray decoder,
      INDArray decoderBias) {
    static Parameters of(Function<String, INDArray> named) {
      return new Parameters(
          named.apply(Head.MASKED_LM + ".transform.dense.weight"),
          named.apply(Head.MASKED_LM + ".transform.dense.bias"),
          named.apply(Head.MASKED_LM + ".transform.LayerNorm.weight"),
          named.apply(Head.MASKED_LM + ".transform.LayerNorm.bias"),
          named.apply(ParameterLayout.WORD_EMBEDDINGS),
          named.apply(ParameterLayout.DECODER_BIAS));
    }
  }

  MaskedLmHead(
      EncoderConfig config, Function<String, INDArray> parameters, Kernels kernels, Arena arena) {
    this.config = config;
    this.parameters = Parameters.of(parameters);
    this.kernels = kernels;
    this.arena = arena;
  }

  @Override
  public INDArray forward(INDArray pooled, Dropout dropout) {
    this.pooled = pooled;
    int m = pooled.rows();
    INDArray activation = rows("mlm.activation", m);
    INDArray transformed = rows("mlm.transformed", m);
    INDArray logits = arena.matrix("mlm.logits", m, config.vocabSize());
    kernels.linearGelu(
        pooled, parameters.weight(), parameters.bias(), rows("mlm.z", m), activation);
    kernels.layerNorm(activation, norm(m), transformed);
    kernels.linear(transformed, parameters.decoder(), parameters.decoderBias(), logits);
    return logits;
  }

  @Override
  public INDArray backward(
      INDArray dLogits, ParameterLayout layout, INDArray flatGradient, Dropout dropout) {
    int m = pooled.rows();
    Parameters gradient = Parameters.of(name -> layout.view(flatGradient, name));
    INDArray dTransformed = rows("mlm.dTransformed", m);
    INDArray dActivation = rows("mlm.dActivation", m);
    kernels.linearBackwardWeight(
        rows("mlm.transformed", m), dLogits, gradient.decoder(), gradient.decoderBias());
    kernels.linearBackwardInput(dLogits, parameters.decoder(), dTransformed);
    kernels.layerNormBackward(
        dTransformed,
        rows("mlm.activation", m),
        norm(m),
        dActivation,
        gradient.normWeight(),
        gradient.normBias());
    kernels.geluBackward(rows("mlm.z", m), dActivation, dActivation);
    kernels.linearBackwardWeight(pooled, dActivation, gradient.weight(), gradient.bias());
    kernels.linearBackwardInput(dActivation, parameters.weight(), dTransformed);
    return dTransformed;
  }

  private Kernels.Norm norm(int m) {
    return new Kernels.Norm(
        parameters.normWeight(),
        parameters.normBias(),
        config.layerNormEps(),
        arena.vector("mlm.mean", m),
        arena.vector("mlm.variance", m));
  }

  private INDArray rows(String slot, int m) {
    return arena.matrix(slot, m, config.hiddenSize());
  }
}
