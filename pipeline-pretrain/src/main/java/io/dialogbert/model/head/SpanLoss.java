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
 * Cross-entropy of a span's first and of its last token over all tokens of the sequence; the mean
 * of both. Reports {@code loss} in nats, and {@code accuracy}: the share of sequences where both
 * are the likeliest.
 *
 * @see <a href="https://arxiv.org/abs/1810.04805">Devlin et al. 2019, section 4.2</a>
 */
public record SpanLoss(
    @JsonProperty("name") String name,
    @JsonProperty("head") String head,
    @JsonProperty("weight") Weight weight)
    implements Loss {
  @JsonCreator
  public SpanLoss {}

  @Override
  public Loss withWeight(Weight other) {
    return new SpanLoss(name, head, other);
  }

  @Override
  public Loss of(String otherName, String otherHead) {
    return new SpanLoss(otherName, otherHead, weight);
  }

  @Override
  public void requireFits(Head head, EncoderConfig encoder) {
    if (head.pooling() != Head.Pooling.TOKENS || head.numOutputs(encoder) != 2) {
      throw new IllegalArgumentException(
          "head " + head.name() + " must have two outputs for each token");
    }
  }

  @Override
  public Optional<Target.Spans> target(PackedBatch batch) {
    return batch.target(head, Target.Spans.class);
  }

  @Override
  public int count(PackedBatch batch) {
    return batch.numSequences();
  }

  @Override
  public Losses compute(
      Kernels kernels, Arena arena, PackedBatch batch, INDArray outputs, double scale) {
    Target.Spans spans = target(batch).orElseThrow();
    double[][] values = outputs.castTo(DataType.DOUBLE).toDoubleMatrix();
    double sum = 0;
    int hits = 0;
    for (int b = 0; b < batch.numSequences(); b++) {
      int from = batch.sequenceOffsets()[b];
      int to = batch.sequenceOffsets()[b + 1];
      Softmax first = Softmax.over(values, 0, from, to, spans.firstRows()[b], scale / 2);
      Softmax last = Softmax.over(values, 1, from, to, spans.lastRows()[b], scale / 2);
      sum += (first.loss() + last.loss()) / 2;
      hits += first.hit() && last.hit() ? 1 : 0;
    }
    outputs.assign(Nd4j.createFromArray(values));
    return Losses.of(0)
        .with(lossName(), sum, batch.numSequences())
        .with(figure("accuracy"), hits, batch.numSequences());
  }
}
