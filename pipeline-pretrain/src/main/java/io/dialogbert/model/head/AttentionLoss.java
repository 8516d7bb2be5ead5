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
 * Distillation of attention: squared error of the attention scores before the softmax, a mean over
 * heads and pairs of tokens of a sequence, then over sequences. There is no temperature. Student
 * and teacher have equally many heads, of any width.
 *
 * @param numHeads number of attention heads
 * @see <a href="https://arxiv.org/abs/1909.10351">Jiao et al. 2020, TinyBERT, equation 7</a>
 */
public record AttentionLoss(
    @JsonProperty("name") String name,
    @JsonProperty("head") String head,
    @JsonProperty("weight") Weight weight,
    @JsonProperty("numHeads") int numHeads)
    implements Loss {
  @JsonCreator
  public AttentionLoss {}

  @Override
  public Loss withWeight(Weight other) {
    return new AttentionLoss(name, head, other, numHeads);
  }

  @Override
  public Loss of(String otherName, String otherHead) {
    return new AttentionLoss(otherName, otherHead, weight, numHeads);
  }

  @Override
  public void requireFits(Head head, EncoderConfig encoder) {
    RelationLoss.requireHeads(head, head.numOutputs(encoder), numHeads);
  }

  @Override
  public void requireFits(PackedBatch batch, Head head, EncoderConfig encoder) {
    RelationLoss.requireTeacher(head, target(batch).orElseThrow(), numHeads);
  }

  @Override
  public Optional<Target.TokenStates> target(PackedBatch batch) {
    return batch.target(head, Target.TokenStates.class);
  }

  @Override
  public int count(PackedBatch batch) {
    return batch.numSequences();
  }

  @Override
  public Losses compute(
      Kernels kernels, Arena arena, PackedBatch batch, INDArray outputs, double scale) {
    double[][] student = outputs.castTo(DataType.DOUBLE).toDoubleMatrix();
    double[][] teacher = RelationLoss.doubles(target(batch).orElseThrow().states());
    double[][] gradient = new double[student.length][student[0].length];
    double sum = 0;
    for (int b = 0; b < batch.numSequences(); b++) {
      for (int head = 0; head < numHeads; head++) {
        TokenProducts own = products(student, batch, b, head);
        double[][] scores = own.products();
        double[][] expected = products(teacher, batch, b, head).products();
        double share = 1.0 / ((double) numHeads * scores.length * scores.length);
        for (int i = 0; i < scores.length; i++) {
          for (int j = 0; j < scores.length; j++) {
            double error = scores[i][j] - expected[i][j];
            sum += share * error * error;
            scores[i][j] = 2 * scale * share * error;
          }
        }
        own.backward(scores, gradient);
      }
    }
    outputs.assign(Nd4j.createFromArray(gradient));
    return Losses.of(0).with(lossName(), sum, batch.numSequences());
  }

  /** Queries and keys of a head. */
  private TokenProducts products(double[][] qkv, PackedBatch batch, int sequence, int head) {
    int width = qkv[0].length / (3 * numHeads);
    return new TokenProducts(
        qkv,
        batch.sequenceOffsets()[sequence],
        batch.sequenceOffsets()[sequence + 1],
        head * width,
        (numHeads + head) * width,
        width);
  }
}
