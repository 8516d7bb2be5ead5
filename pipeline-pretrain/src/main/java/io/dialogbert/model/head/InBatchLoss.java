package io.dialogbert.model.head;

import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.Target;
import io.dialogbert.model.kernel.Arena;
import io.dialogbert.model.kernel.Kernels;
import java.util.Optional;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * In-batch negatives: the second sequence of each pair is to be told from those of all other pairs
 * by cosine similarity, and the first ones likewise. The mean of both cross-entropies over softmax
 * (scale * cosine). Pairs of equal keys are left out of each other's negatives. Reports {@code
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
  /** Below this, a vector has no direction. */
  private static final double MIN_NORM = 1e-12;

  @JsonCreator
  public InBatchLoss {
    if (!(scale > 0)) {
      throw new IllegalArgumentException("scale must be above 0, is " + scale);
    }
  }

  @Override
  public void requireFits(Head head, EncoderConfig encoder) {
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
    int[] keys = target(batch).orElseThrow().keys();
    int pairs = keys.length;
    double[][] vectors = outputs.castTo(DataType.DOUBLE).toDoubleMatrix();
    INDArray firsts = everySecond(vectors, 0);
    INDArray seconds = everySecond(vectors, 1);
    INDArray firstNorms = norms(firsts);
    INDArray secondNorms = norms(seconds);
    firsts.diviColumnVector(firstNorms);
    seconds.diviColumnVector(secondNorms);
    double[][] cosines = firsts.mmul(seconds.transpose()).toDoubleMatrix();

    double sum = 0;
    int hits = 0;
    double[][] byFirst = logits(cosines, keys);
    double[][] bySecond = Nd4j.createFromArray(byFirst).transpose().dup('c').toDoubleMatrix();
    for (int i = 0; i < pairs; i++) {
      // Softmax runs down a column: column i of the transposed logits is row i.
      Softmax second = Softmax.over(bySecond, i, 0, pairs, i, gradientScale / 2);
      Softmax first = Softmax.over(byFirst, i, 0, pairs, i, gradientScale / 2);
      sum += (first.loss() + second.loss()) / 2;
      hits += second.hit() ? 1 : 0;
    }
    INDArray dCosines =
        Nd4j.createFromArray(byFirst).addi(Nd4j.createFromArray(bySecond).transpose()).muli(scale);
    INDArray dFirsts = direction(dCosines.mmul(seconds), firsts, firstNorms);
    INDArray dSeconds = direction(dCosines.transpose().mmul(firsts), seconds, secondNorms);
    for (int i = 0; i < pairs; i++) {
      vectors[2 * i] = dFirsts.getRow(i).toDoubleVector();
      vectors[2 * i + 1] = dSeconds.getRow(i).toDoubleVector();
    }
    outputs.assign(Nd4j.createFromArray(vectors));
    return Losses.of(0).with(lossName(), sum, pairs).with(figure("accuracy"), hits, pairs);
  }

  /** Scaled cosines; minus infinity where a pair is no negative of another. */
  private double[][] logits(double[][] cosines, int[] keys) {
    double[][] logits = new double[keys.length][keys.length];
    for (int i = 0; i < keys.length; i++) {
      for (int j = 0; j < keys.length; j++) {
        boolean counts = i == j || keys[i] != keys[j];
        logits[i][j] = counts ? scale * cosines[i][j] : Double.NEGATIVE_INFINITY;
      }
    }
    return logits;
  }

  private static INDArray everySecond(double[][] vectors, int first) {
    return Nd4j.createFromArray(
        IntStream.range(0, vectors.length / 2)
            .mapToObj(i -> vectors[2 * i + first])
            .toArray(double[][]::new));
  }

  private static INDArray norms(INDArray vectors) {
    return Transforms.max(vectors.norm2(1), MIN_NORM).reshape(vectors.rows(), 1);
  }

  /** Gradient of vectors from that of their directions: the share along the direction is 0. */
  private static INDArray direction(INDArray dDirections, INDArray directions, INDArray norms) {
    INDArray along = dDirections.mul(directions).sum(1).reshape(directions.rows(), 1);
    return dDirections.subi(directions.mulColumnVector(along)).diviColumnVector(norms);
  }
}
