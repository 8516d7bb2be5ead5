package io.dialogbert.model;

import io.dialogbert.common.BadInputException;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Encoder with a linear classifier over the pooled output, dropout before it as in BERT's
 * fine-tuning. Letters: B sequences, H hidden, C classes. One thread.
 *
 * @see <a href="https://arxiv.org/abs/1810.04805">Devlin et al. 2019, section 4.1</a>
 */
final class ClassificationNetwork {
  private final EncoderConfig config;
  private final int numClasses;
  private final ParameterLayout layout;
  private final Kernels kernels;
  private final Arena arena;
  private final Encoder encoder;
  private final INDArray weight;
  private final INDArray bias;

  ClassificationNetwork(EncoderConfig config, int numClasses, INDArray flat, Kernels kernels) {
    this.config = config;
    this.numClasses = numClasses;
    this.layout = ParameterLayout.classification(config, numClasses);
    this.kernels = kernels;
    this.arena = new Arena(flat.dataType());
    this.encoder = new Encoder(config, layout, flat, kernels, arena);
    this.weight = layout.view(flat, "classifier.weight");
    this.bias = layout.view(flat, "classifier.bias");
  }

  /** [B, C] logits, in a buffer that the next call overwrites. */
  INDArray logits(PackedBatch batch, DropoutSeeds seeds) {
    encoder.forward(batch, seeds);
    INDArray pooled = arena.matrix("classifier.pooled", batch.numSequences(), config.hiddenSize());
    pooled.assign(encoder.pooledOutput());
    kernels.dropout(pooled, headDropout(seeds));
    INDArray logits = arena.matrix("classifier.logits", batch.numSequences(), numClasses);
    kernels.linear(pooled, weight, bias, logits);
    return logits;
  }

  private Dropout headDropout(DropoutSeeds seeds) {
    return seeds.at(Encoder.firstFreeSite(config), config.hiddenDropoutProb());
  }

  /**
   * Losses of a batch; leaves the gradient of the loss in the logits' buffer.
   *
   * @param teacherLogits [B][C], or [0][] where {@code loss} uses no teacher
   */
  ClassificationScore score(
      PackedBatch batch, float[][] teacherLogits, DistillationLoss loss, DropoutSeeds seeds) {
    batch.requireLabels(numClasses);
    if (loss.usesTeacher()) {
      requireTeacher(batch, teacherLogits);
    }
    INDArray logits = logits(batch, seeds);
    int b = batch.numSequences();
    double softLossSum = 0;
    INDArray dSoft = arena.matrix("classifier.dSoft", b, numClasses);
    if (loss.usesTeacher()) {
      INDArray teacher = arena.matrix("classifier.teacher", b, numClasses);
      for (int i = 0; i < b; i++) {
        for (int c = 0; c < numClasses; c++) {
          teacher.putScalar(i, c, teacherLogits[i][c]);
        }
      }
      dSoft.assign(logits);
      // The gradient with respect to the logits is 1 / T of that with respect to logits / T; T^2 of
      // the loss leaves T.
      double scale = loss.softWeight() * loss.temperature() / b;
      softLossSum = kernels.softCrossEntropy(dSoft, teacher, loss.temperature(), scale);
    }
    Kernels.CrossEntropy hard =
        kernels.softmaxCrossEntropy(logits, batch.labels(), loss.hardWeight() / b);
    if (loss.usesTeacher()) {
      logits.addi(dSoft);
    }
    return new ClassificationScore(hard.lossSum(), softLossSum, hard.numCorrect(), b);
  }

  private void requireTeacher(PackedBatch batch, float[][] teacherLogits) {
    if (teacherLogits.length != batch.numSequences() || teacherLogits[0].length != numClasses) {
      throw new BadInputException(
          "soft labels need teacher logits of shape ["
              + batch.numSequences()
              + ", "
              + numClasses
              + "], got ["
              + teacherLogits.length
              + ", "
              + (teacherLogits.length == 0 ? 0 : teacherLogits[0].length)
              + "]");
    }
  }

  /**
   * Losses of a batch, and the gradient of {@link ClassificationScore#loss}.
   *
   * @param flatGradient a vector of the layout; overwritten
   */
  ClassificationScore gradient(
      PackedBatch batch,
      float[][] teacherLogits,
      DistillationLoss loss,
      DropoutSeeds seeds,
      INDArray flatGradient) {
    ClassificationScore score = score(batch, teacherLogits, loss, seeds);
    INDArray dSequence = arena.matrix("d.hidden", batch.numTokens(), config.hiddenSize());
    INDArray dPooled = arena.matrix("d.pooled", batch.numSequences(), config.hiddenSize());
    INDArray dLogits = arena.matrix("classifier.logits", batch.numSequences(), numClasses);
    dSequence.assign(0);
    kernels.linearBackwardWeight(
        arena.matrix("classifier.pooled", batch.numSequences(), config.hiddenSize()),
        dLogits,
        layout.view(flatGradient, "classifier.weight"),
        layout.view(flatGradient, "classifier.bias"));
    kernels.linearBackwardInput(dLogits, weight, dPooled);
    kernels.dropout(dPooled, headDropout(seeds));
    EncoderParameters gradients = EncoderParameters.of(config, layout, flatGradient);
    gradients.wordEmbeddings().assign(0);
    encoder.backward(dSequence, dPooled, gradients);
    return score;
  }
}
