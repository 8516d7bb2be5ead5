package io.dialogbert.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogbert.model.kernel.Arena;
import io.dialogbert.model.kernel.DropoutSeeds;
import io.dialogbert.model.kernel.Kernels;
import io.dialogbert.model.kernel.Nd4jKernels;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The encoder's backward pass from everything that callers can see of it. */
class EncoderGradientsTest {
  private static final EncoderConfig CONFIG = ModelFixtures.tinyConfig(0.3);
  private static final ParameterLayout LAYOUT = ParameterLayout.of(CONFIG, Map.of());
  private static final DropoutSeeds SEEDS = DropoutSeeds.of(ModelFixtures.SEED, 3);
  private static final int[] SHORT = {4, 1, 5};

  /** Long enough that the attention probabilities of heads of two columns are computed again. */
  private static final int[] LONG = {9, 9, 1, 8};

  /** An encoder, a batch and a random linear function of what the encoder computes from it. */
  private static final class Fixture {
    private final DataType type;
    private final INDArray flat;
    private final Encoder encoder;
    private final PackedBatch batch;
    private final SplittableRandom random = new SplittableRandom(ModelFixtures.SEED);
    private final Map<Integer, INDArray> hidden = new LinkedHashMap<>();
    private final Map<Integer, INDArray> qkv = new LinkedHashMap<>();
    private final INDArray sequence;
    private final Optional<INDArray> pooled;

    Fixture(Kernels kernels, DataType type, boolean withPooled, int... lengths) {
      this.type = type;
      this.flat = ModelFixtures.parameters(LAYOUT, type, ModelFixtures.SEED);
      this.encoder =
          new Encoder(CONFIG, EncoderParameters.of(CONFIG, LAYOUT, flat), kernels, new Arena(type));
      this.batch = HeadFixtures.sequences(CONFIG, random, lengths);
      int n = batch.numTokens();
      int h = CONFIG.hiddenSize();
      this.sequence = normal(n, h);
      this.pooled = withPooled ? Optional.of(normal(batch.numSequences(), h)) : Optional.empty();
    }

    /** With gradients for the outputs of fewer layers, and for queries, keys and values. */
    Fixture withInner() {
      int n = batch.numTokens();
      for (int i = 0; i < CONFIG.numHiddenLayers(); i++) {
        hidden.put(i, normal(n, CONFIG.hiddenSize()));
        qkv.put(i, normal(n, 3 * CONFIG.hiddenSize()));
      }
      return this;
    }

    private INDArray normal(int rows, int columns) {
      INDArray values = Nd4j.create(type, rows, columns);
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < columns; j++) {
          values.putScalar(i, j, random.nextGaussian());
        }
      }
      return values;
    }

    double value() {
      encoder.forward(batch, SEEDS, true);
      double value = dot(sequence, encoder.sequenceOutput());
      value += pooled.map(factors -> dot(factors, encoder.pooledOutput())).orElse(0.0);
      for (int i : hidden.keySet()) {
        value += dot(hidden.get(i), encoder.hidden(i)) + dot(qkv.get(i), encoder.qkv(i));
      }
      return value;
    }

    private static double dot(INDArray left, INDArray right) {
      return left.mul(right).sumNumber().doubleValue();
    }

    INDArray gradient(Activations.Keep keep) {
      INDArray gradient = Nd4j.valueArrayOf(new long[] {LAYOUT.length()}, Double.NaN, type);
      EncoderParameters views = EncoderParameters.of(CONFIG, LAYOUT, gradient);
      // The caller's share, such as that of a decoder, is what the encoder adds to.
      views.wordEmbeddings().assign(0);
      encoder.forward(batch, SEEDS, keep);
      encoder.backward(
          new EncoderGradients(sequence.dup(), pooled.map(INDArray::dup), hidden, qkv), views);
      return gradient;
    }
  }

  private static Fixture fixture(boolean withPooled, int... lengths) {
    return new Fixture(new Nd4jKernels(DataType.DOUBLE), DataType.DOUBLE, withPooled, lengths);
  }

  private static void check(Fixture fixture) {
    Activations.Keep keep = fixture.encoder.toKeep(fixture.batch);
    DoubleSupplier value = fixture::value;
    GradientTest.check(LAYOUT, fixture.flat, fixture.gradient(keep), value);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void gradientFromTheOutputsIsTheSlope(boolean withPooled) {
    check(fixture(withPooled, SHORT));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void gradientFromInnerLayersAndFromQueriesKeysAndValuesIsTheSlope(boolean withPooled) {
    check(fixture(withPooled, SHORT).withInner());
  }

  @Test
  void gradientOfLongSequencesIsTheSlope() {
    Fixture fixture = fixture(true, LONG).withInner();
    assertThat(fixture.encoder.toKeep(fixture.batch)).isEqualTo(Activations.Keep.INPUTS);
    check(fixture);
  }

  @Test
  void whatWasNotKeptIsNotShown() {
    Fixture fixture = fixture(true, SHORT);
    fixture.encoder.forward(fixture.batch, SEEDS, false);
    assertThatThrownBy(() -> fixture.encoder.hidden(0))
        .hasMessage("the forward pass was not for training");
    assertThatThrownBy(() -> fixture.encoder.qkv(1))
        .hasMessage("the forward pass was not for training");
  }
}
