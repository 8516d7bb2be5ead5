package io.dialogbert.model.head;

import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.Target;
import io.dialogbert.model.kernel.Arena;
import io.dialogbert.model.kernel.Kernels;
import java.util.List;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Makes prefixes of vectors as useful as the whole: takes the mean of a loss of vectors over
 * several of their prefixes and the whole. Its figures are means over the widths, too.
 *
 * @param loss what the vectors learn from
 * @param widths number of first elements of each prefix, ascending; the whole is not among them
 * @see <a href="https://arxiv.org/abs/2205.13147">Kusupati et al. 2022, equation 1, with equal
 *     weights</a>
 */
public record MatryoshkaLoss(
    @JsonProperty("loss") Loss loss, @JsonProperty("widths") List<Integer> widths) implements Loss {
  @JsonCreator
  public MatryoshkaLoss {
    widths = List.copyOf(widths);
    int least = 1;
    for (int width : widths) {
      if (width < least) {
        throw new IllegalArgumentException(
            "widths of prefixes must be positive and ascend, are " + widths);
      }
      least = width + 1;
    }
    if (widths.isEmpty() || !loss.prefixes().isEmpty()) {
      throw new IllegalArgumentException("a loss of prefixes needs widths, and a loss of wholes");
    }
  }

  @Override
  public String name() {
    return loss.name();
  }

  @Override
  public String head() {
    return loss.head();
  }

  @Override
  public Weight weight() {
    return loss.weight();
  }

  @Override
  public List<Integer> prefixes() {
    return widths;
  }

  @Override
  public Loss withWeight(Weight other) {
    return new MatryoshkaLoss(loss.withWeight(other), widths);
  }

  @Override
  public Loss of(String otherName, String otherHead) {
    return new MatryoshkaLoss(loss.of(otherName, otherHead), widths);
  }

  @Override
  public void requireFits(Head head, EncoderConfig encoder) {
    InBatchLoss.requireVectors(head);
    loss.requireFits(head, encoder);
    int widest = widths.get(widths.size() - 1);
    if (widest >= head.numOutputs(encoder)) {
      throw new IllegalArgumentException(
          "a prefix of "
              + widest
              + " elements must be shorter than the vectors of head "
              + head.name()
              + ", which have "
              + head.numOutputs(encoder));
    }
  }

  @Override
  public void requireFits(PackedBatch batch, Head head, EncoderConfig encoder) {
    loss.requireFits(batch, head, encoder);
  }

  @Override
  public Optional<? extends Target> target(PackedBatch batch) {
    return loss.target(batch);
  }

  @Override
  public int count(PackedBatch batch) {
    return loss.count(batch);
  }

  @Override
  public boolean needsWholeBatch() {
    return loss.needsWholeBatch();
  }

  @Override
  public double value(Losses losses) {
    return loss.value(losses);
  }

  @Override
  public Losses compute(
      Kernels kernels, Arena arena, PackedBatch batch, INDArray outputs, double scale) {
    double share = scale / (widths.size() + 1);
    INDArray vectors = outputs.dup('c');
    Losses losses = loss.compute(kernels, arena, batch, outputs, share);
    for (int width : widths) {
      INDArray prefix = prefix(vectors, width).dup('c');
      losses = losses.plus(loss.compute(kernels, arena, batch, prefix, share));
      prefix(outputs, width).addi(prefix);
    }
    return losses;
  }

  private static INDArray prefix(INDArray vectors, int width) {
    return vectors.get(NDArrayIndex.all(), NDArrayIndex.interval(0, width));
  }
}
