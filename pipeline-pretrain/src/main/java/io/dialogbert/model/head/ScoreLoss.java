package io.dialogbert.model.head;

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

/** Squared error of a number for each sequence, as in BERT's fine-tuning on STS-B. */
public record ScoreLoss(
    @JsonProperty("name") String name,
    @JsonProperty("head") String head,
    @JsonProperty("weight") Weight weight)
    implements Loss {
  @JsonCreator
  public ScoreLoss {}

  @Override
  public Loss withWeight(Weight other) {
    return new ScoreLoss(name, head, other);
  }

  @Override
  public Loss of(String otherName, String otherHead) {
    return new ScoreLoss(otherName, otherHead, weight);
  }

  @Override
  public void requireFits(Head head, EncoderConfig encoder) {
    requireOneOutput(head, encoder);
  }

  static void requireOneOutput(Head head, EncoderConfig encoder) {
    if (head.pooling() == Head.Pooling.TOKENS || head.numOutputs(encoder) != 1) {
      throw new IllegalArgumentException(
          "head " + head.name() + " must have one output for each sequence");
    }
  }

  @Override
  public Optional<Target.Scores> target(PackedBatch batch) {
    return batch.target(head, Target.Scores.class);
  }

  @Override
  public int count(PackedBatch batch) {
    return batch.numSequences();
  }

  @Override
  public Losses compute(
      Kernels kernels, Arena arena, PackedBatch batch, INDArray outputs, double scale) {
    float[] expected = target(batch).orElseThrow().scores();
    double[] values = outputs.reshape(outputs.length()).toDoubleVector();
    double sum = 0;
    for (int b = 0; b < values.length; b++) {
      double error = values[b] - expected[b];
      sum += error * error;
      values[b] = 2 * scale * error;
    }
    outputs.assign(Nd4j.createFromArray(values).reshape(outputs.shape()));
    return Losses.of(0).with(lossName(), sum, values.length);
  }
}
