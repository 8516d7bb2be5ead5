package io.dialogbert.model.head;

import io.dialogbert.model.Encoder;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.EncoderParameters;
import io.dialogbert.model.Network;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.ParameterLayout;
import io.dialogbert.model.kernel.Arena;
import io.dialogbert.model.kernel.DropoutSeeds;
import io.dialogbert.model.kernel.Kernels;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Encoder with masked-LM and next-sentence heads over one flat parameter vector: loss = mean
 * cross-entropy over masked positions + mean cross-entropy over pairs. Without next-sentence
 * labels, the loss is the first term only.
 *
 * @see <a href="https://arxiv.org/abs/1810.04805">Devlin et al. 2019, section 3.1</a>
 */
public final class PretrainingNetwork implements Network<PretrainingScore> {
  private final EncoderConfig config;
  private final ParameterLayout layout;
  private final Kernels kernels;
  private final Arena arena;
  private final Encoder encoder;
  private final MaskedLmHead maskedLmHead;
  private final INDArray nspWeight;
  private final INDArray nspBias;

  public PretrainingNetwork(EncoderConfig config, INDArray flat, Kernels kernels) {
    this.config = config;
    this.layout = ParameterLayout.pretraining(config);
    this.kernels = kernels;
    this.arena = new Arena(flat.dataType());
    this.encoder = new Encoder(config, EncoderParameters.of(config, layout, flat), kernels, arena);
    this.maskedLmHead = new MaskedLmHead(config, layout, flat, kernels, arena);
    this.nspWeight = layout.view(flat, "cls.seq_relationship.weight");
    this.nspBias = layout.view(flat, "cls.seq_relationship.bias");
  }

  /** Next-sentence logits; C is 2. */
  @Override
  public INDArray logits(PackedBatch batch, DropoutSeeds seeds) {
    encoder.forward(batch, seeds, false);
    return nspForward(batch);
  }

  /** [M, V] logits of the masked rows, in a buffer that the next call overwrites. */
  public INDArray maskedLmLogits(PackedBatch batch) {
    encoder.forward(batch, DropoutSeeds.OFF, false);
    return maskedLmHead.logits(batch, encoder.sequenceOutput());
  }

  private INDArray nspForward(PackedBatch batch) {
    INDArray logits = arena.matrix("nsp.logits", batch.numSequences(), 2);
    kernels.linear(encoder.pooledOutput(), nspWeight, nspBias, logits);
    return logits;
  }

  @Override
  public PretrainingScore score(PackedBatch batch, PackedBatch whole, DropoutSeeds seeds) {
    return score(batch, whole, seeds, false);
  }

  private PretrainingScore score(
      PackedBatch batch, PackedBatch whole, DropoutSeeds seeds, boolean keep) {
    if (batch.hasLabels()) {
      batch.requireLabels(2);
    }
    encoder.forward(batch, seeds, keep);
    Kernels.CrossEntropy mlm =
        batch.numMasked() == 0
            ? new Kernels.CrossEntropy(0, 0)
            : maskedLmHead.forward(batch, encoder.sequenceOutput(), 1.0 / whole.numMasked());
    Kernels.CrossEntropy nsp =
        batch.hasLabels()
            ? kernels.softmaxCrossEntropy(
                nspForward(batch), batch.labels(), 1.0 / whole.numSequences())
            : new Kernels.CrossEntropy(0, 0);
    return new PretrainingScore(
        mlm.lossSum(),
        batch.numMasked(),
        mlm.numCorrect(),
        nsp.lossSum(),
        nsp.numCorrect(),
        batch.hasLabels() ? batch.numSequences() : 0,
        batch.numSequences());
  }

  @Override
  public boolean learns(PackedBatch whole, String parameter) {
    boolean masks = whole.numMasked() > 0;
    boolean pairs = whole.hasLabels();
    if (parameter.startsWith("cls.predictions.")) {
      return masks;
    }
    boolean ofPairs =
        parameter.startsWith("pooler.") || parameter.startsWith("cls.seq_relationship.");
    return pairs || (masks && !ofPairs);
  }

  @Override
  public PretrainingScore sum(PretrainingScore first, PretrainingScore second) {
    return first.plus(second);
  }

  @Override
  public double loss(PretrainingScore score) {
    return score.loss();
  }

  @Override
  public PretrainingScore gradient(
      PackedBatch batch, PackedBatch whole, DropoutSeeds seeds, INDArray flatGradient) {
    PretrainingScore score = score(batch, whole, seeds, true);
    INDArray dSequence = arena.matrix("d.hidden", batch.numTokens(), config.hiddenSize());
    INDArray dPooled = arena.matrix("d.pooled", batch.numSequences(), config.hiddenSize());
    dSequence.assign(0);
    if (batch.numMasked() == 0) {
      flatGradient.assign(0);
    } else {
      maskedLmHead.backward(batch, layout, flatGradient, dSequence);
    }
    INDArray dLogits = arena.matrix("nsp.logits", batch.numSequences(), 2);
    if (!batch.hasLabels()) {
      dLogits.assign(0);
    }
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
