package io.dialogbert.model.head;

import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.ParameterLayout;
import io.dialogbert.model.kernel.Arena;
import io.dialogbert.model.kernel.Kernels;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Predicts the original tokens, at the masked rows only: linear, GELU, layer normalization, then a
 * decoder. The decoder is the word-embedding matrix itself plus a bias. Letters: M masked rows, H
 * hidden, V vocabulary.
 *
 * @see <a href="https://arxiv.org/abs/1810.04805">Devlin et al. 2019, section 3.1</a>
 */
final class MaskedLmHead {
  private final EncoderConfig config;
  private final Parameters parameters;
  private final Kernels kernels;
  private final Arena arena;

  /** The head's parameters, or their gradients; {@code decoder} is the word-embedding matrix. */
  private record Parameters(
      INDArray weight,
      INDArray bias,
      INDArray normWeight,
      INDArray normBias,
      INDArray decoder,
      INDArray decoderBias) {
    static Parameters of(ParameterLayout layout, INDArray flat) {
      return new Parameters(
          layout.view(flat, "cls.predictions.transform.dense.weight"),
          layout.view(flat, "cls.predictions.transform.dense.bias"),
          layout.view(flat, "cls.predictions.transform.LayerNorm.weight"),
          layout.view(flat, "cls.predictions.transform.LayerNorm.bias"),
          layout.view(flat, "embeddings.word_embeddings"),
          layout.view(flat, "cls.predictions.bias"));
    }
  }

  MaskedLmHead(
      EncoderConfig config, ParameterLayout layout, INDArray flat, Kernels kernels, Arena arena) {
    this.config = config;
    this.parameters = Parameters.of(layout, flat);
    this.kernels = kernels;
    this.arena = arena;
  }

  /**
   * Cross-entropy over a batch with at least one masked row; leaves its gradient in the logits'
   * buffer.
   *
   * @param sequenceOutput [N, H]
   * @param gradientScale weight of a masked row's loss
   */
  Kernels.CrossEntropy forward(PackedBatch batch, INDArray sequenceOutput, double gradientScale) {
    INDArray logits = logits(batch, sequenceOutput);
    return kernels.softmaxCrossEntropy(logits, batch.maskedLmIds(), gradientScale);
  }

  /** [M, V] logits of the masked rows. */
  INDArray logits(PackedBatch batch, INDArray sequenceOutput) {
    int m = batch.numMasked();
    INDArray gathered = rows("mlm.gathered", m);
    INDArray z = rows("mlm.z", m);
    INDArray activation = rows("mlm.activation", m);
    INDArray transformed = rows("mlm.transformed", m);
    INDArray logits = arena.matrix("mlm.logits", m, config.vocabSize());
    kernels.gatherRows(sequenceOutput, batch.maskedRows(), gathered);
    kernels.linearGelu(gathered, parameters.weight(), parameters.bias(), z, activation);
    kernels.layerNorm(activation, norm(m), transformed);
    kernels.linear(transformed, parameters.decoder(), parameters.decoderBias(), logits);
    return logits;
  }

  /**
   * Computes the gradients for the last forward pass.
   *
   * @param flatGradient receives the gradients of the head's parameters, word embeddings included
   * @param dSequence [N, H]; the masked rows are added to
   */
  void backward(
      PackedBatch batch, ParameterLayout layout, INDArray flatGradient, INDArray dSequence) {
    int m = batch.numMasked();
    Parameters gradient = Parameters.of(layout, flatGradient);
    INDArray dLogits = arena.matrix("mlm.logits", m, config.vocabSize());
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
    kernels.linearBackwardWeight(
        rows("mlm.gathered", m), dActivation, gradient.weight(), gradient.bias());
    kernels.linearBackwardInput(dActivation, parameters.weight(), dTransformed);
    kernels.scatterAddRows(dTransformed, batch.maskedRows(), dSequence);
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
