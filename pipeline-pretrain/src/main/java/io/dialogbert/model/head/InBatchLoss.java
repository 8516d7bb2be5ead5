package io.dialogbert.model.head;

import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.Target;
import io.dialogbert.model.kernel.Arena;
import io.dialogbert.model.kernel.Kernels;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * In-batch negatives: the second sequence of each pair must be told apart from those of all other
 * pairs by cosine similarity, and the first ones likewise. The loss is the mean of both
 * cross-entropies over softmax (scale * cosine). Further sequences of the batch are negatives of
 * all first ones. Sequences with equal keys are left out of each other's negatives. Reports {@code
 * loss} in nats, and {@code accuracy}: the share of first sequences whose own second one is the
 * nearest.
 *
 * @param scale factor of the cosines, above 0
 * @see <a href="https://arxiv.org/abs/1705.00652">Henderson et al. 2017, section 4.4</a>
 * @see <a href="https://arxiv.org/abs/2103.00020">Radford et al. 2021, figure 3: both
 *     directions</a>
 */
public record InBatchLoss(
    @JsonProperty("name") String name,
    @JsonProperty("head") String head,
    @JsonProperty("weight") Weight weight,
    @JsonProperty("scale") double scale)
    implements Loss {
  @JsonCreator
  public InBatchLoss {
    if (!(scale > 0)) {
      throw new IllegalArgumentException("scale must be above 0, is " + scale);
    }
  }

  @Override
  public Loss withWeight(Weight other) {
    return new InBatchLoss(name, head, other, scale);
  }

  @Override
  public Loss of(String otherName, String otherHead) {
    return new InBatchLoss(otherName, otherHead, weight, scale);
  }

  @Override
  public void requireFits(Head head, EncoderConfig encoder) {
    requireVectors(head);
  }

  static void requireVectors(Head head) {
    if (head.pooling() == Head.Pooling.TOKENS) {
      throw new IllegalArgumentException(
          "head " + head.name() + " must have one vector for each sequence");
    }
  }

  @Override
  public Optional<Target.Pairs> target(PackedBatch batch) {
    return batch.target(head, Target.Pairs.class);
  }

  @Override
  public int count(PackedBatch batch) {
    return target(batch).orElseThrow().keys().length;
  }

  @Override
  public boolean needsWholeBatch() {
    return true;
  }

  @Override
  public Losses compute(
      Kernels kernels, Arena arena, PackedBatch batch, INDArray outputs, double gradientScale) {
    Target.Pairs target = target(batch).orElseThrow();
    int[] keys =
        IntStream.concat(IntStream.of(target.keys()), IntStream.of(target.negativeKeys()))
            .toArray();
    int pairs = target.keys().length;
    Cosines vectors = new Cosines(outputs, pairs);
    double[][] cosines = vectors.ofAll();

    double sum = 0;
    int hits = 0;
    double[][] byFirst = logits(cosines, keys);
    // Rows are second sequences, the further ones last.
    double[][] bySecond = Nd4j.createFromArray(byFirst).transpose().dup('c').toDoubleMatrix();
    for (int i = 0; i < pairs; i++) {
      // Softmax runs down a column: column i of the transposed logits is row i.
      Softmax second = Softmax.over(bySecond, i, 0, keys.length, i, gradientScale / 2);
      Softmax first = Softmax.over(byFirst, i, 0, pairs, i, gradientScale / 2);
      sum += (first.loss() + second.loss()) / 2;
      hits += second.hit() ? 1 : 0;
    }
    for (double[] row : byFirst) {
      // No first sequence belongs to a further one.
      Arrays.fill(row, pairs, keys.length, 0);
    }
    INDArray dCosines =
        Nd4j.createFromArray(byFirst).addi(Nd4j.createFromArray(bySecond).transpose()).muli(scale);
    vectors.backwardOfAll(dCosines);
    return Losses.of(0).with(lossName(), sum, pairs).with(figure("accuracy"), hits, pairs);
  }

  /** Scaled cosines; minus infinity where a pair is not a negative of another. */
  private double[][] logits(double[][] cosines, int[] keys) {
    double[][] logits = new double[cosines.length][keys.length];
    for (int i = 0; i < cosines.length; i++) {
      for (int j = 0; j < keys.length; j++) {
        boolean counts = i == j || keys[i] != keys[j];
        logits[i][j] = counts ? scale * cosines[i][j] : Double.NEGATIVE_INFINITY;
      }
    }
    return logits;
  }
}
