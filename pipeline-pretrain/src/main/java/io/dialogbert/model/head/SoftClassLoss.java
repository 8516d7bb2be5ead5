package io.dialogbert.model.head;

import io.dialogbert.common.BadInputException;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.Target;
import io.dialogbert.model.kernel.Arena;
import io.dialogbert.model.kernel.Kernels;
import java.util.Arrays;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Distillation: T^2 KL(softmax(teacher / T) || softmax(student / T)), a sum over classes and a mean
 * over sequences or over the tokens that have a target, such as masked ones. T^2 keeps the size of
 * the gradient independent of T. Reports the divergence in nats, without T^2.
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
    if (head.numOutputs(encoder) < 2) {
      throw new IllegalArgumentException(
          "head " + head.name() + " needs at least 2 classes, has " + head.numOutputs(encoder));
    }
  }

  @Override
  public void requireFits(PackedBatch batch, Head head, EncoderConfig encoder) {
    Target.SoftLabels target = target(batch).orElseThrow();
    boolean ofTokens = head.pooling() == Head.Pooling.TOKENS;
    if (target instanceof Target.SoftTokenClasses != ofTokens) {
      throw new BadInputException(
          "head "
              + head.name()
              + " classifies "
              + (ofTokens ? "tokens" : "sequences")
              + ", but the batch has "
              + target.getClass().getSimpleName()
              + " for it");
    }
    if (target instanceof Target.SoftTokenClasses tokens
        && batch
            .target(head.name(), Target.TokenClasses.class)
            .filter(classes -> Arrays.equals(classes.rows(), tokens.rows()))
            .isEmpty()) {
      throw new BadInputException(
          "the teacher's logits for head " + head.name() + " must be of the tokens with classes");
    }
    float[][] logits = target.logits();
    for (int b = 0; b < logits.length; b++) {
      if (logits[b].length != head.numOutputs(encoder)) {
        throw new BadInputException(
            "head "
                + head.name()
                + " has "
                + head.numOutputs(encoder)
                + (ofTokens
                    ? " classes, the teacher's logits of token "
                    : " classes, the teacher's logits of sequence ")
                + b
                + " are "
                + logits[b].length);
      }
    }
  }

  @Override
  public Optional<Target.SoftLabels> target(PackedBatch batch) {
    return batch.target(head, Target.SoftLabels.class);
  }

  @Override
  public int count(PackedBatch batch) {
    return target(batch).orElseThrow().logits().length;
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
