package io.dialogbert.model.head;

import io.dialogbert.common.BadInputException;
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
 * Distillation of scores and of sentence vectors: squared error against a teacher's outputs, a mean
 * over outputs and over the sequences that have some.
 *
 * @see <a href="https://arxiv.org/abs/2004.09813">Reimers and Gurevych 2020, section 3</a>
 */
public record SoftOutputLoss(
    @JsonProperty("name") String name,
    @JsonProperty("head") String head,
    @JsonProperty("weight") Weight weight)
    implements Loss {
  @JsonCreator
  public SoftOutputLoss {}

  @Override
  public Loss withWeight(Weight other) {
    return new SoftOutputLoss(name, head, other);
  }

  @Override
  public Loss of(String otherName, String otherHead) {
    return new SoftOutputLoss(otherName, otherHead, weight);
  }

  @Override
  public void requireFits(Head head, EncoderConfig encoder) {
    if (head.pooling() == Head.Pooling.TOKENS) {
      throw new IllegalArgumentException(
          "head " + head.name() + " reads tokens; a teacher's outputs are of sequences");
    }
  }

  @Override
  public void requireFits(PackedBatch batch, Head head, EncoderConfig encoder) {
    float[][] expected = target(batch).orElseThrow().outputs();
    for (int b = 0; b < expected.length; b++) {
      if (expected[b].length != head.numOutputs(encoder)) {
        throw new BadInputException(
            "head "
                + head.name()
                + " has "
                + head.numOutputs(encoder)
                + " outputs, the teacher's of sequence "
                + b
                + " are "
                + expected[b].length);
      }
    }
  }

  @Override
  public Optional<Target.SoftOutputs> target(PackedBatch batch) {
    return batch.target(head, Target.SoftOutputs.class);
  }

  @Override
  public int count(PackedBatch batch) {
    return target(batch).orElseThrow().outputs().length;
  }

  @Override
  public Losses compute(
      Kernels kernels, Arena arena, PackedBatch batch, INDArray outputs, double scale) {
    float[][] expected = target(batch).orElseThrow().outputs();
    double[][] values = outputs.castTo(DataType.DOUBLE).toDoubleMatrix();
    double sum = 0;
    for (int b = 0; b < values.length; b++) {
      for (int i = 0; i < values[b].length; i++) {
        double error = b < expected.length ? values[b][i] - expected[b][i] : 0;
        sum += error * error / values[b].length;
        values[b][i] = 2 * scale * error / values[b].length;
      }
    }
    outputs.assign(Nd4j.createFromArray(values));
    return Losses.of(0).with(lossName(), sum, expected.length);
  }
}
