package io.dialogbert.model.head;

import io.dialogbert.common.BadInputException;
import io.dialogbert.model.Encoder;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.EncoderParameters;
import io.dialogbert.model.Network;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.ParameterLayout;
import io.dialogbert.model.kernel.Arena;
import io.dialogbert.model.kernel.Dropout;
import io.dialogbert.model.kernel.DropoutSeeds;
import io.dialogbert.model.kernel.Kernels;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Encoder with a linear classifier over the pooled output. Dropout precedes the classifier, as in
 * BERT's fine-tuning. Letters: B sequences, H hidden, C classes.
 *
 * @see <a href="https://arxiv.org/abs/1810.04805">Devlin et al. 2019, section 4.1</a>
 */
public final class ClassificationNetwork implements Network<ClassificationScore> {
  private final EncoderConfig config;
  private final int numClasses;
  private final DistillationLoss loss;
  private final ParameterLayout layout;
  private final Kernels kernels;
  private final Arena arena;
  private final Encoder encoder;
  private final INDArray weight;
  private final INDArray bias;

  public ClassificationNetwork(
      EncoderConfig config, int numClasses, DistillationLoss loss, INDArray flat, Kernels kernels) {
    this.config = config;
    this.numClasses = numClasses;
    this.loss = loss;
    this.layout = ParameterLayout.classification(config, numClasses);
    this.kernels = kernels;
    this.arena = new Arena(flat.dataType());
    this.encoder = new Encoder(config, EncoderParameters.of(config, layout, flat), kernels, arena);
    this.weight = layout.view(flat, "classifier.weight");
    this.bias = layout.view(flat, "classifier.bias");
  }

  @Override
  public INDArray logits(PackedBatch batch, DropoutSeeds seeds) {
    return logits(batch, seeds, false);
  }

  private INDArray logits(PackedBatch batch, DropoutSeeds seeds, boolean keep) {
    encoder.forward(batch, seeds, keep);
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

  @Override
  public ClassificationScore score(PackedBatch batch, PackedBatch whole, DropoutSeeds seeds) {
    return score(batch, whole, seeds, false);
  }

  /** Computes the losses; leaves the gradient of the loss in the logits' buffer. */
  private ClassificationScore score(
      PackedBatch batch, PackedBatch whole, DropoutSeeds seeds, boolean keep) {
    batch.requireLabels(numClasses);
    boolean taught = loss.usesTeacher() && batch.teacherLogits().length > 0;
    INDArray logits = logits(batch, seeds, keep);
    int b = batch.numSequences();
    double softLossSum = 0;
    INDArray dSoft = arena.matrix("classifier.dSoft", b, numClasses);
    if (taught) {
      INDArray teacher = arena.matrix("classifier.teacher", b, numClasses);
      for (int i = 0; i < b; i++) {
        for (int c = 0; c < numClasses; c++) {
          teacher.putScalar(i, c, batch.teacherLogits()[i][c]);
        }
      }
      dSoft.assign(logits);
      // The gradient with respect to the logits is 1 / T times that with respect to logits / T.
      // With the loss's factor T^2, a factor T is left.
      double scale = loss.softWeight() * loss.temperature() / whole.numSequences();
      softLossSum = kernels.softCrossEntropy(dSoft, teacher, loss.temperature(), scale);
    }
    Kernels.CrossEntropy hard =
        kernels.softmaxCrossEntropy(
            logits, batch.labels(), loss.hardWeight() / whole.numSequences());
    if (taught) {
      logits.addi(dSoft);
    }
    return new ClassificationScore(hard.lossSum(), softLossSum, hard.numCorrect(), b);
  }

  private void requireTeacher(PackedBatch batch) {
    float[][] teacher = batch.teacherLogits();
    if (teacher.length == 0 || teacher[0].length != numClasses) {
      throw new BadInputException(
          "soft labels need teacher logits of shape ["
              + batch.numSequences()
              + ", "
              + numClasses
              + "], got ["
              + teacher.length
              + ", "
              + (teacher.length == 0 ? 0 : teacher[0].length)
              + "]");
    }
  }

  /** Always true: each sequence has a label. */
  @Override
  public boolean learns(PackedBatch whole, String parameter) {
    return true;
  }

  @Override
  public ClassificationScore sum(ClassificationScore first, ClassificationScore second) {
    return first.plus(second);
  }

  @Override
  public double loss(ClassificationScore score) {
    return score.loss(loss);
  }

  @Override
  public ClassificationScore gradient(
      PackedBatch batch, PackedBatch whole, DropoutSeeds seeds, INDArray flatGradient) {
    if (loss.usesTeacher()) {
      requireTeacher(batch);
    }
    ClassificationScore score = score(batch, whole, seeds, true);
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
