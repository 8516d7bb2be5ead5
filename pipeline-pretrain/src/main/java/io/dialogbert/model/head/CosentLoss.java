package io.dialogbert.model.head;

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
 * The order of graded pairs: of two pairs, the one with the higher score should have the higher
 * cosine. One term for the whole batch: log(1 + sum of exp(scale * (cosine_j - cosine_i)) over all
 * i and j with score_i above score_j). The scores' range does not matter.
 *
 * @param scale factor of the cosines, above 0
 * @see <a href="https://kexue.fm/archives/8847">Su 2022, CoSENT, equation 8</a>
 */
public record CosentLoss(
    @JsonProperty("name") String name,
    @JsonProperty("head") String head,
    @JsonProperty("weight") Weight weight,
    @JsonProperty("scale") double scale)
    implements Loss {
  @JsonCreator
  public CosentLoss {
    if (!(scale > 0)) {
      throw new IllegalArgumentException("scale must be above 0, is " + scale);
    }
  }

  @Override
  public Loss withWeight(Weight other) {
    return new CosentLoss(name, head, other, scale);
  }

  @Override
  public Loss of(String otherName, String otherHead) {
    return new CosentLoss(otherName, otherHead, weight, scale);
  }

  @Override
  public void requireFits(Head head, EncoderConfig encoder) {
    InBatchLoss.requireVectors(head);
  }

  @Override
  public Optional<Target.GradedPairs> target(PackedBatch batch) {
    return batch.target(head, Target.GradedPairs.class);
  }

  @Override
  public int count(PackedBatch batch) {
    return 1;
  }

  @Override
  public boolean needsWholeBatch() {
    return true;
  }

  @Override
  public Losses compute(
      Kernels kernels, Arena arena, PackedBatch batch, INDArray outputs, double gradientScale) {
    float[] scores = target(batch).orElseThrow().scores();
    Cosines vectors = new Cosines(outputs);
    double[] cosines = vectors.ofPairs();
    // The 1 in the logarithm is the term of exponent 0.
    double greatest = 0;
    for (int i = 0; i < scores.length; i++) {
      for (int j = 0; j < scores.length; j++) {
        if (scores[i] > scores[j]) {
          greatest = Math.max(greatest, scale * (cosines[j] - cosines[i]));
        }
      }
    }
    double sum = Math.exp(-greatest);
    double[] gradient = new double[scores.length];
    for (int i = 0; i < scores.length; i++) {
      for (int j = 0; j < scores.length; j++) {
        if (scores[i] > scores[j]) {
          double term = Math.exp(scale * (cosines[j] - cosines[i]) - greatest);
          sum += term;
          gradient[i] -= term;
          gradient[j] += term;
        }
      }
    }
    for (int i = 0; i < gradient.length; i++) {
      gradient[i] *= gradientScale * scale / sum;
    }
    vectors.backwardOfPairs(gradient);
    return Losses.of(0).with(lossName(), greatest + Math.log(sum), 1);
  }
}
