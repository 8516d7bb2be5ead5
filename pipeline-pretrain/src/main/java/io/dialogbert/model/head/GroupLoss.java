package io.dialogbert.model.head;

import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.Target;
import io.dialogbert.model.kernel.Arena;
import io.dialogbert.model.kernel.Kernels;
import java.util.Optional;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Cross-entropy of the softmax over the candidates of a question, each of which is a sequence with
 * one output. Reports {@code loss} in nats, and {@code accuracy}: the share of questions whose
 * answer has the highest output.
 *
 * @see <a href="https://arxiv.org/abs/1810.04805">Devlin et al. 2019, section 4.4</a>
 */
public record GroupLoss(
    @JsonProperty("name") String name,
    @JsonProperty("head") String head,
    @JsonProperty("weight") Weight weight)
    implements Loss {
  @JsonCreator
  public GroupLoss {}

  @Override
  public Loss withWeight(Weight other) {
    return new GroupLoss(name, head, other);
  }

  @Override
  public Loss of(String otherName, String otherHead) {
    return new GroupLoss(otherName, otherHead, weight);
  }

  @Override
  public void requireFits(Head head, EncoderConfig encoder) {
    ScoreLoss.requireOneOutput(head, encoder);
  }

  @Override
  public Optional<Target.Groups> target(PackedBatch batch) {
    return batch.target(head, Target.Groups.class);
  }

  @Override
  public int count(PackedBatch batch) {
    return target(batch).orElseThrow().sizes().length;
  }

  @Override
  public boolean needsWholeBatch() {
    return true;
  }

  @Override
  public Losses compute(
      Kernels kernels, Arena arena, PackedBatch batch, INDArray outputs, double scale) {
    Target.Groups groups = target(batch).orElseThrow();
    double[][] values = outputs.castTo(DataType.DOUBLE).toDoubleMatrix();
    double sum = 0;
    int hits = 0;
    int from = 0;
    for (int i = 0; i < groups.sizes().length; i++) {
      int to = from + groups.sizes()[i];
      Softmax group = Softmax.over(values, 0, from, to, from + groups.answers()[i], scale);
      sum += group.loss();
      hits += group.hit() ? 1 : 0;
      from = to;
    }
    outputs.assign(Nd4j.createFromArray(values));
    return Losses.of(0)
        .with(lossName(), sum, groups.sizes().length)
        .with(figure("accuracy"), hits, groups.sizes().length);
  }
}
