package io.dialogbert.model.head;

import io.dialogbert.common.BadInputException;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.Target;
import io.dialogbert.model.kernel.Arena;
import io.dialogbert.model.kernel.Kernels;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Distillation: T^2 KL(softmax(teacher / T) || softmax(student / T)), a mean over sequences. T^2
 * keeps the size of the gradient independent of T. Reports the divergence in nats, without T^2.
 *
 * @param temperature T, above 0
 * @see <a href="https://arxiv.org/abs/1503.02531">Hinton et al. 2015, section 2</a>
 */
public record SoftClassLoss(
    @JsonProperty("name") String name,
    @JsonProperty("head") String head,
    @JsonProperty("weight") Weight weight,
    @JsonProperty("temperature") double temperature)
    implements Loss {
  @JsonCreator
  public SoftClassLoss {
    if (!(temperature > 0)) {
      throw new IllegalArgumentException("temperature must be above 0, is " + temperature);
    }
  }

  @Override
  public Loss withWeight(Weight other) {
    return new SoftClassLoss(name, head, other, temperature);
  }

  @Override
  public Loss of(String otherName, String otherHead) {
    return new SoftClassLoss(otherName, otherHead, weight, temperature);
  }

  @Override
  public void requireFits(Head head, EncoderConfig encoder) {
    if (head.pooling() == Head.Pooling.TOKENS) {
      throw new IllegalArgumentException(
          "head " + head.name() + " classifies tokens; a teacher's logits are of sequences");
    }
  }

  @Override
  public void requireFits(PackedBatch batch, Head head, EncoderConfig encoder) {
    float[][] logits = target(batch).orElseThrow().logits();
    for (int b = 0; b < logits.length; b++) {
      if (logits[b].length != head.numOutputs(encoder)) {
        throw new BadInputException(
            "head "
                + head.name()
                + " has "
                + head.numOutputs(encoder)
                + " classes, the teacher's logits of sequence "
                + b
                + " are "
                + logits[b].length);
      }
    }
  }

  @Override
  public Optional<Target.SoftClasses> target(PackedBatch batch) {
    return batch.target(head, Target.SoftClasses.class);
  }

  @Override
  public int count(PackedBatch batch) {
    return batch.numSequences();
  }

  @Override
  public double value(Losses losses) {
    return temperature * temperature * losses.mean(lossName());
  }

  @Override
  public Losses compute(
      Kernels kernels, Arena arena, PackedBatch batch, INDArray outputs, double scale) {
    float[][] logits = target(batch).orElseThrow().logits();
    INDArray teacher = arena.matrix("loss.teacher", logits.length, outputs.columns());
    teacher.assign(Nd4j.createFromArray(logits));
    // The gradient with respect to the logits is 1 / T times that with respect to logits / T. With
    // the loss's factor T^2, a factor T is left.
    double sum = kernels.softCrossEntropy(outputs, teacher, temperature, scale * temperature);
    return Losses.of(0).with(lossName(), sum, logits.length);
  }
}
