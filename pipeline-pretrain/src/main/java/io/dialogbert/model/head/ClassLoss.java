package io.dialogbert.model.head;

import io.dialogbert.common.BadInputException;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.Target;
import io.dialogbert.model.kernel.Arena;
import io.dialogbert.model.kernel.Kernels;
import java.util.List;
import java.util.Optional;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonInclude;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Cross-entropy of the softmax over classes, of sequences or of tokens. Reports {@code loss} in
 * nats, and {@code accuracy}: the share of rows whose label has the highest logit.
 *
 * @param classWeights a row's loss counts this much by its label, at least 0; the mean is still
 *     over the number of rows. Empty: every row counts once
 */
public record ClassLoss(
    @JsonProperty("name") String name,
    @JsonProperty("head") String head,
    @JsonProperty("weight") Weight weight,
    // Left out if there are none: earlier versions do not know this field.
    @JsonProperty("classWeights") @JsonInclude(JsonInclude.Include.NON_EMPTY)
        List<Double> classWeights)
    implements Loss {
  @JsonCreator
  public ClassLoss {
    classWeights = classWeights == null ? List.of() : List.copyOf(classWeights);
    for (double ofClass : classWeights) {
      if (!(ofClass >= 0 && ofClass < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException("a class's weight must be at least 0, is " + ofClass);
      }
    }
  }

  /** A loss in which every row counts once. */
  public ClassLoss(String name, String head, Weight weight) {
    this(name, head, weight, List.of());
  }

  @Override
  public Loss withWeight(Weight other) {
    return new ClassLoss(name, head, other, classWeights);
  }

  @Override
  public Loss of(String otherName, String otherHead) {
    return new ClassLoss(otherName, otherHead, weight, classWeights);
  }

  @Override
  public void requireFits(Head head, EncoderConfig encoder) {
    if (head.numOutputs(encoder) < 2) {
      throw new IllegalArgumentException(
          "head " + head.name() + " needs at least 2 classes, has " + head.numOutputs(encoder));
    }
    if (!classWeights.isEmpty() && classWeights.size() != head.numOutputs(encoder)) {
      throw new IllegalArgumentException(
          "head "
              + head.name()
              + " has "
              + head.numOutputs(encoder)
              + " classes, but there are weights of "
              + classWeights.size());
    }
  }

  @Override
  public void requireFits(PackedBatch batch, Head head, EncoderConfig encoder) {
    Target.Labels target = target(batch).orElseThrow();
    boolean ofTokens = head.pooling() == Head.Pooling.TOKENS;
    if (target instanceof Target.TokenClasses != ofTokens) {
      throw new BadInputException(
          "head "
              + head.name()
              + " classifies "
              + (ofTokens ? "tokens" : "sequences")
              + ", but the batch has "
              + target.getClass().getSimpleName()
              + " for it");
    }
    target.requireBelow(head.name(), head.numOutputs(encoder));
  }

  @Override
  public Optional<Target.Labels> target(PackedBatch batch) {
    return batch.target(head, Target.Labels.class);
  }

  @Override
  public int count(PackedBatch batch) {
    return target(batch).orElseThrow().labels().length;
  }

  @Override
  public Losses compute(
      Kernels kernels, Arena arena, PackedBatch batch, INDArray outputs, double scale) {
    Target.Labels target = target(batch).orElseThrow();
    if (!classWeights.isEmpty()) {
      return weighted(outputs, target.labels(), scale);
    }
    Kernels.CrossEntropy result = kernels.softmaxCrossEntropy(outputs, target.labels(), scale);
    return Losses.of(0)
        .with(lossName(), result.lossSum(), target.labels().length)
        .with(figure("accuracy"), result.numCorrect(), target.labels().length);
  }

  private Losses weighted(INDArray outputs, int[] labels, double scale) {
    // Softmax runs down a column.
    double[][] values = outputs.castTo(DataType.DOUBLE).transpose().dup('c').toDoubleMatrix();
    double sum = 0;
    int hits = 0;
    for (int row = 0; row < labels.length; row++) {
      double ofClass = classWeights.get(labels[row]);
      Softmax softmax = Softmax.over(values, row, 0, values.length, labels[row], scale * ofClass);
      sum += ofClass * softmax.loss();
      hits += softmax.hit() ? 1 : 0;
    }
    outputs.assign(Nd4j.createFromArray(values).transpose());
    return Losses.of(0)
        .with(lossName(), sum, labels.length)
        .with(figure("accuracy"), hits, labels.length);
  }
}
