package io.dialogbert.model;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Encoder with masked-LM and next-sentence heads over one flat parameter vector: loss = mean
 * cross-entropy over masked positions + mean cross-entropy over sequences. One thread.
 *
 * @see <a href="https://arxiv.org/abs/1810.04805">Devlin et al. 2019, section 3.1</a>
 */
final class PretrainingNetwork {
  private final EncoderConfig config;
  private final ParameterLayout layout;
  private final Kernels kernels;
  private final Arena arena;
  private final Encoder encoder;
  private final MaskedLmHead maskedLmHead;
  private final INDArray nspWeight;
  private final INDArray nspBias;

  PretrainingNetwork(EncoderConfig config, INDArray flat, Kernels kernels) {
    this.config = config;
    this.layout = ParameterLayout.pretraining(config);
    this.kernels = kernels;
    this.arena = new Arena(flat.dataType());
    this.encoder = new Encoder(config, layout, flat, kernels, arena);
    this.maskedLmHead = new MaskedLmHead(config, layout, flat, kernels, arena);
    this.nspWeight = layout.view(flat, "cls.seq_relationship.weight");
    this.nspBias = layout.view(flat, "cls.seq_relationship.bias");
  }

  /** [B, 2] next-sentence logits, in a buffer that the next call overwrites. */
  INDArray nextSentenceLogits(PackedBatch batch, DropoutSeeds seeds) {
    encoder.forward(batch, seeds);
    return nspForward(batch);
  }

  private INDArray nspForward(PackedBatch batch) {
    INDArray logits = arena.matrix("nsp.logits", batch.numSequences(), 2);
    kernels.linear(encoder.pooledOutput(), nspWeight, nspBias, logits);
    return logits;
  }

  /** Losses of a batch with next-sentence labels. */
  PretrainingScore score(PackedBatch batch, DropoutSeeds seeds) {
    batch.requireLabels(2);
    encoder.forward(batch, seeds);
    Kernels.CrossEntropy mlm =
        batch.numMasked() == 0
            ? new Kernels.CrossEntropy(0, 0)
            : maskedLmHead.forward(batch, encoder.sequenceOutput());
    INDArray logits = nspForward(batch);
    Kernels.CrossEntropy nsp =
        kernels.softmaxCrossEntropy(logits, batch.labels(), 1.0 / batch.numSequences());
    return new PretrainingScore(
        mlm.lossSum(),
        batch.numMasked(),
        mlm.numCorrect(),
        nsp.lossSum(),
        nsp.numCorrect(),
        batch.numSequences());
  }

  /**
   * Losses of a batch, and the gradient of {@link PretrainingScore#loss}.
   *
   * @param flatGradient a vector of the layout; overwritten
   */
  PretrainingScore gradient(PackedBatch batch, DropoutSeeds seeds, INDArray flatGradient) {
    PretrainingScore score = score(batch, seeds);
    INDArray dSequence = arena.matrix("d.hidden", batch.numTokens(), config.hiddenSize());
    INDArray dPooled = arena.matrix("d.pooled", batch.numSequences(), config.hiddenSize());
    dSequence.assign(0);
    if (batch.numMasked() == 0) {
      flatGradient.assign(0);
    } else {
      maskedLmHead.backward(batch, layout, flatGradient, dSequence);
    }
    INDArray dLogits = arena.matrix("nsp.logits", batch.numSequences(), 2);
    kernels.linearBackwardWeight(
        encoder.pooledOutput(),
        dLogits,
        layout.view(flatGradient, "cls.seq_relationship.weight"),
        layout.view(flatGradient, "cls.seq_relationship.bias"));
    kernels.linearBackwardInput(dLogits, nspWeight, dPooled);
    encoder.backward(dSequence, dPooled, EncoderParameters.of(config, layout, flatGradient));
    return score;
  }
}
