package io.dialogbert.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.dialogbert.model.kernel.Arena;
import io.dialogbert.model.kernel.DropoutSeeds;
import io.dialogbert.model.kernel.Kernels;
import io.dialogbert.model.kernel.Nd4jKernels;
import io.dialogbert.model.kernel.Precision;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What a forward pass does not keep, the backward pass computes again bit for bit. */
class EncoderKeepTest {
  private static final int H = 6;
  private static final int[] LENGTHS = {4, 1, 9};

  private static final List<Supplier<Kernels>> KERNELS =
      List.of(
          () -> Kernels.create(DataType.FLOAT, Precision.FLOAT32),
          () -> new Nd4jKernels(DataType.FLOAT));

  private static EncoderConfig config(int layers, double dropout) {
    return new EncoderConfig(H, layers, 3, 7, 13, 9, 2, 2, dropout, dropout, 0.02, 1e-12);
  }

  private static final class Run {
    final EncoderConfig config;
    final ParameterLayout layout;
    final Encoder encoder;
    final PackedBatch batch;

    Run(int layers, double dropout, Kernels kernels) {
      config = config(layers, dropout);
      layout = ParameterLayout.of(config, Map.of());
      INDArray flat = ModelFixtures.parameters(layout, DataType.FLOAT, ModelFixtures.SEED);
      encoder =
          new Encoder(
              config,
              EncoderParameters.of(config, layout, flat),
              kernels,
              new Arena(DataType.FLOAT));
      batch = ModelFixtures.batch(config, 2, ModelFixtures.SEED, LENGTHS);
    }

    private void forward(Activations.Keep keep) {
      encoder.forward(batch, DropoutSeeds.of(ModelFixtures.SEED, 3), keep);
    }

    /** All that others may read of a pass, and its gradient. */
    List<float[]> results(Activations.Keep keep) {
      forward(keep);
      List<float[]> results = new ArrayList<>();
      for (int i = 0; i <= config.numHiddenLayers(); i++) {
        results.add(floats(encoder.hidden(i)));
      }
      results.add(floats(encoder.qkv(0)));
      results.add(floats(encoder.sequenceOutput()));
      results.add(floats(encoder.pooledOutput()));
      INDArray gradient = Nd4j.zeros(DataType.FLOAT, layout.length());
      SplittableRandom random = new SplittableRandom(ModelFixtures.SEED);
      int n = batch.numTokens();
      encoder.backward(
          new EncoderGradients(
              random(random, n, H),
              Optional.of(random(random, batch.numSequences(), H)),
              Map.of(0, random(random, n, H)),
              Map.of(0, random(random, n, 3 * H))),
          EncoderParameters.of(config, layout, gradient));
      results.add(floats(gradient));
      return results;
    }

    private static INDArray random(SplittableRandom random, int rows, int columns) {
      float[][] values = new float[rows][columns];
      for (float[] row : values) {
        for (int i = 0; i < columns; i++) {
          row[i] = (float) random.nextDouble(-1, 1);
        }
      }
      return Nd4j.createFromArray(values);
    }

    private static float[] floats(INDArray array) {
      return array.dup('c').reshape(array.length()).toFloatVector();
    }
  }

  /** A pass between two full ones must not disturb them. */
  @Test
  void poolsWithoutTheRestOfTheLastLayer() {
    for (Supplier<Kernels> kernels : KERNELS) {
      for (int layers = 1; layers <= 3; layers++) {
        Run run = new Run(layers, 0.3, kernels.get());
        run.encoder.forward(run.batch, DropoutSeeds.OFF, Activations.Keep.NOTHING);
        float[] expected = Run.floats(run.encoder.pooledOutput());
        run.encoder.forwardPooled(run.batch);
        assertThat(Run.floats(run.encoder.pooledOutput()))
            .as("%d layers", layers)
            .containsExactly(expected, within(1e-6f));
        run.encoder.forward(run.batch, DropoutSeeds.OFF, Activations.Keep.NOTHING);
        assertThat(Run.floats(run.encoder.pooledOutput())).isEqualTo(expected);
      }
    }
  }

  @Test
  void resultsDoNotDependOnWhatIsKept() {
    for (Supplier<Kernels> kernels : KERNELS) {
      for (int layers = 1; layers <= 5; layers++) {
        for (double dropout : new double[] {0, 0.3}) {
          Run run = new Run(layers, dropout, kernels.get());
          List<float[]> all = run.results(Activations.Keep.ALL);
          List<float[]> inputs = run.results(Activations.Keep.INPUTS);
          // The buffers are used again.
          List<float[]> again = run.results(Activations.Keep.ALL);
          for (int i = 0; i < all.size(); i++) {
            String what =
                "result %d of %d layers, dropout %s (tests.seed %d)"
                    .formatted(i, layers, dropout, ModelFixtures.SEED);
            assertThat(all.get(i)).as(what).isNotEmpty().doesNotContain(Float.NaN);
            assertThat(inputs.get(i)).as(what).isEqualTo(all.get(i));
            assertThat(again.get(i)).as(what).isEqualTo(all.get(i));
          }
        }
      }
    }
  }

  /**
   * From three times the head's width on, the probabilities are larger than what they are computed
   * from.
   */
  @Test
  void onlyLongSequencesAreComputedAgain() {
    Run run = new Run(1, 0, KERNELS.get(0).get());
    assertThat(run.encoder.toKeep(batch(6, 6))).isEqualTo(Activations.Keep.ALL);
    assertThat(run.encoder.toKeep(batch(7, 7))).isEqualTo(Activations.Keep.INPUTS);
  }

  private static PackedBatch batch(int... lengths) {
    return ModelFixtures.batch(config(1, 0), 2, ModelFixtures.SEED, lengths);
  }

  @Test
  void nothingIsKeptForInference() {
    Run run = new Run(2, 0, KERNELS.get(0).get());
    run.encoder.forward(run.batch, DropoutSeeds.OFF, false);
    assertThatThrownBy(() -> run.encoder.hidden(1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the forward pass was not for training");
  }
}
