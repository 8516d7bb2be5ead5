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
 * Squared error of the cosine of each pair's vectors, against a score between -1 and 1.
 *
 * @see <a href="https://arxiv.org/abs/1908.10084">Reimers and Gurevych 2019, section 3</a>
 */
public record CosineLoss(
    @JsonProperty("name") String name,
    @JsonProperty("head") String head,
    @JsonProperty("weight") Weight weight)
    implements Loss {
  @JsonCreator
  public CosineLoss {}

  @Override
  public Loss withWeight(Weight other) {
    return new CosineLoss(name, head, other);
  }

  @Override
  public Loss of(String otherName, String otherHead) {
    return new CosineLoss(otherName, otherHead, weight);
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
    return target(batch).orElseThrow().scores().length;
  }

  @Override
  public boolean needsWholeBatch() {
    return true;
  }

  @Override
  public Losses compute(
      Kernels kernels, Arena arena, PackedBatch batch, INDArray outputs, double scale) {
    float[] scores = target(batch).orElseThrow().scores();
    Cosines vectors = new Cosines(outputs);
    double[] cosines = vectors.ofPairs();
    double sum = 0;
    for (int i = 0; i < scores.length; i++) {
      double error = cosines[i] - scores[i];
      sum += error * error;
      cosines[i] = 2 * scale * error;
    }
    vectors.backwardOfPairs(cosines);
    return Losses.of(0).with(lossName(), sum, scores.length);
  }
}
