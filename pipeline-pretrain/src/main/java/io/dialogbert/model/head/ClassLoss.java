package io.dialogbert.model.head;

import io.dialogbert.common.BadInputException;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.Target;
import io.dialogbert.model.kernel.Arena;
import io.dialogbert.model.kernel.Kernels;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Cross-entropy of the softmax over classes, of sequences or of tokens. Reports {@code loss} in
 * nats, and {@code accuracy}: the share of rows whose label has the highest logit.
 */
public record ClassLoss(
    @JsonProperty("name") String name,
    @JsonProperty("head") String head,
    @JsonProperty("weight") Weight weight)
    implements Loss {
  @JsonCreator
  public ClassLoss {}

  @Override
  public void requireFits(Head head, EncoderConfig encoder) {
    if (head.numOutputs(encoder) < 2) {
      throw new IllegalArgumentException(
          "head " + head.name() + " needs at least 2 classes, has " + head.numOutputs(encoder));
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
    Kernels.CrossEntropy result = kernels.softmaxCrossEntropy(outputs, target.labels(), scale);
    return Losses.of(0)
        .with(lossName(), result.lossSum(), target.labels().length)
        .with(figure("accuracy"), result.numCorrect(), target.labels().length);
  }
}
