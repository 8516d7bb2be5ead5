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
 * Distillation of self-attention relations: KL(teacher || student) of the softmax of scaled dot
 * products of queries with queries, keys with keys, and values with values. The divergence is a sum
 * over the three and over tokens compared with, and a mean over relation heads and tokens of a
 * sequence, then over sequences. There is no temperature. Queries, keys and values are divided into
 * relation heads anew, so that student and teacher may have any widths and numbers of attention
 * heads.
 *
 * @param numHeads number of relation heads, which divides the width of all attention heads
 * @see <a href="https://arxiv.org/abs/2012.15828">Wang et al. 2021, MiniLMv2: the sum over QQ', KK'
 *     and VV' of 1 / (A |x|) times the divergences of A relation heads and |x| tokens</a>
 */
public record RelationLoss(
    @JsonProperty("name") String name,
    @JsonProperty("head") String head,
    @JsonProperty("weight") Weight weight,
    @JsonProperty("numHeads") int numHeads)
    implements Loss {
  /** Queries, keys and values. */
  private static final int KINDS = 3;

  @JsonCreator
  public RelationLoss {}

  @Override
  public Loss withWeight(Weight other) {
    return new RelationLoss(name, head, other, numHeads);
  }

  @Override
  public Loss of(String otherName, String otherHead) {
    return new RelationLoss(otherName, otherHead, weight, numHeads);
  }

  @Override
  public void requireFits(Head head, EncoderConfig encoder) {
    requireHeads(head, head.numOutputs(encoder), numHeads);
  }

  /** Checks that queries, keys and values divide into so many heads. */
  static void requireHeads(Head head, int width, int numHeads) {
    if (head.pooling() != Head.Pooling.QKV || numHeads < 1 || width % (KINDS * numHeads) != 0) {
      throw new IllegalArgumentException(
          "head %s has %d outputs, not queries, keys and values of %d heads"
              .formatted(head.name(), width, numHeads));
    }
  }

  @Override
  public void requireFits(PackedBatch batch, Head head, EncoderConfig encoder) {
    requireTeacher(head, target(batch).orElseThrow(), numHeads);
  }

  /** Checks that the teacher's queries, keys and values divide into so many heads. */
  static void requireTeacher(Head head, Target.TokenStates teacher, int numHeads) {
    int width = teacher.states()[0].length;
    if (width % (KINDS * numHeads) != 0) {
      throw new BadInputException(
          "the teacher's queries, keys and values for head %s are %d wide, not of %d heads"
              .formatted(head.name(), width, numHeads));
    }
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
    double[][] teacher = doubles(target(batch).orElseThrow().states());
    double[][] gradient = new double[student.length][student[0].length];
    double sum = 0;
    for (int b = 0; b < batch.numSequences(); b++) {
      for (int head = 0; head < KINDS * numHeads; head++) {
        TokenProducts own = products(student, batch, b, head);
        double[][] relations = own.products();
        double[][] expected = products(teacher, batch, b, head).products();
        double share = 1.0 / ((double) numHeads * relations.length);
        for (int i = 0; i < relations.length; i++) {
          sum += share * divergence(relations[i], expected[i], scale * share);
        }
        own.backward(relations, gradient);
      }
    }
    outputs.assign(Nd4j.createFromArray(gradient));
    return Losses.of(0).with(lossName(), sum, batch.numSequences());
  }

  /** A relation head of queries, keys or values: the heads of queries come first. */
  private TokenProducts products(double[][] qkv, PackedBatch batch, int sequence, int head) {
    int width = qkv[0].length / (KINDS * numHeads);
    return new TokenProducts(
        qkv,
        batch.sequenceOffsets()[sequence],
        batch.sequenceOffsets()[sequence + 1],
        head * width,
        head * width,
        width);
  }

  /**
   * KL(softmax(teacher) || softmax(student)).
   *
   * @param student on return, the gradient times {@code scale}
   * @param teacher on return, its softmax
   */
  private static double divergence(double[] student, double[] teacher, double scale) {
    double sum = 0;
    double[] differences = new double[student.length];
    for (int j = 0; j < student.length; j++) {
      differences[j] = teacher[j] - student[j];
    }
    double normalizers = softmax(student) - softmax(teacher);
    for (int j = 0; j < student.length; j++) {
      sum += teacher[j] * (differences[j] + normalizers);
      student[j] = scale * (student[j] - teacher[j]);
    }
    return sum;
  }

  /** Turns logits into probabilities; gives the log of the sum of their exponentials. */
  private static double softmax(double[] logits) {
    double greatest = Double.NEGATIVE_INFINITY;
    for (double logit : logits) {
      greatest = Math.max(greatest, logit);
    }
    double sum = 0;
    for (int j = 0; j < logits.length; j++) {
      logits[j] = Math.exp(logits[j] - greatest);
      sum += logits[j];
    }
    for (int j = 0; j < logits.length; j++) {
      logits[j] /= sum;
    }
    return greatest + Math.log(sum);
  }

  static double[][] doubles(float[][] values) {
    double[][] doubles = new double[values.length][];
    for (int i = 0; i < values.length; i++) {
      doubles[i] = new double[values[i].length];
      for (int k = 0; k < values[i].length; k++) {
        doubles[i][k] = values[i][k];
      }
    }
    return doubles;
  }
}
