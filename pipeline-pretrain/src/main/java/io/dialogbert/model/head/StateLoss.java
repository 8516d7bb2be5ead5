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
 * Distillation of hidden states: distance of each token's state from the teacher's, a mean over the
 * tokens of the batch. There is no temperature. Where the widths differ, the head maps the
 * student's states linearly; TinyBERT's map W_h has no bias, this one has, as in its code.
 *
 * @param distance between two states
 */
public record StateLoss(
    @JsonProperty("name") String name,
    @JsonProperty("head") String head,
    @JsonProperty("weight") Weight weight,
    @JsonProperty("distance") Distance distance)
    implements Loss {
  /** Distances between two states. */
  public enum Distance {
    /**
     * Squared error, a mean over the elements.
     *
     * @see <a href="https://arxiv.org/abs/1909.10351">Jiao et al. 2020, TinyBERT, equations 8 and
     *     9</a>
     */
    SQUARED {
      @Override
      double apply(double[] state, float[] teacher, double scale) {
        double sum = 0;
        for (int i = 0; i < state.length; i++) {
          double error = state[i] - teacher[i];
          sum += error * error;
          state[i] = 2 * scale * error / state.length;
        }
        return sum / state.length;
      }
    },
    /**
     * 1 - cosine; 1 if either state is 0, with no gradient.
     *
     * @see <a href="https://arxiv.org/abs/1910.01108">Sanh et al. 2019, DistilBERT</a>
     */
    COSINE {
      @Override
      double apply(double[] state, float[] teacher, double scale) {
        double dot = 0;
        double square = 0;
        double squareOfTeacher = 0;
        for (int i = 0; i < state.length; i++) {
          dot += state[i] * teacher[i];
          square += state[i] * state[i];
          squareOfTeacher += (double) teacher[i] * teacher[i];
        }
        double norms = Math.sqrt(square * squareOfTeacher);
        double cosine = norms == 0 ? 0 : dot / norms;
        for (int i = 0; i < state.length; i++) {
          state[i] = norms == 0 ? 0 : scale * (cosine * state[i] / square - teacher[i] / norms);
        }
        return 1 - cosine;
      }
    };

    /**
     * The distance.
     *
     * @param state on return, the gradient times {@code scale}
     */
    abstract double apply(double[] state, float[] teacher, double scale);
  }

  @JsonCreator
  public StateLoss {}

  @Override
  public Loss withWeight(Weight other) {
    return new StateLoss(name, head, other, distance);
  }

  @Override
  public Loss of(String otherName, String otherHead) {
    return new StateLoss(otherName, otherHead, weight, distance);
  }

  @Override
  public void requireFits(Head head, EncoderConfig encoder) {
    if (head.pooling() != Head.Pooling.TOKENS) {
      throw new IllegalArgumentException("head " + head.name() + " has no states of tokens");
    }
  }

  @Override
  public void requireFits(PackedBatch batch, Head head, EncoderConfig encoder) {
    int width = target(batch).orElseThrow().states()[0].length;
    if (width != head.numOutputs(encoder)) {
      throw new BadInputException(
          "head %s has %d outputs, the teacher's states are %d wide"
              .formatted(head.name(), head.numOutputs(encoder), width));
    }
  }

  @Override
  public Optional<Target.TokenStates> target(PackedBatch batch) {
    return batch.target(head, Target.TokenStates.class);
  }

  @Override
  public int count(PackedBatch batch) {
    return batch.numTokens();
  }

  @Override
  public Losses compute(
      Kernels kernels, Arena arena, PackedBatch batch, INDArray outputs, double scale) {
    float[][] teacher = target(batch).orElseThrow().states();
    double[][] states = outputs.castTo(DataType.DOUBLE).toDoubleMatrix();
    double sum = 0;
    for (int token = 0; token < states.length; token++) {
      sum += distance.apply(states[token], teacher[token], scale);
    }
    outputs.assign(Nd4j.createFromArray(states));
    return Losses.of(0).with(lossName(), sum, states.length);
  }
}
