package io.dialogbert.model.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.ModelFixtures;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.ParameterLayout;
import io.dialogbert.model.head.DataParallel;
import io.dialogbert.model.head.Losses;
import io.dialogbert.model.head.ModelConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Each operation in float against {@link Nd4jKernels} in double, on views into larger arrays. */
@DisabledIfSystemProperty(
    named = HostMemory.PROPERTY,
    matches = "separate",
    disabledReason = "oneDNN takes host pointers")
class OneDnnKernelsTest {
  /** Largest error, as a share of 1 + the largest value of the array. */
  private static final double TOLERANCE = 5e-6;

  private static final float GUARD = 12345;

  /** N, O, K: one element, odd sizes, rows that fill several blocks, a row longer than a block. */
  private static final int[][] SIZES = {{1, 1, 1}, {3, 5, 7}, {131, 65, 129}, {9, 4099, 31}};

  private static final Dropout[] DROPOUTS = {Dropout.NONE, new Dropout(0.3, ModelFixtures.SEED)};

  private final SplittableRandom random = new SplittableRandom(ModelFixtures.SEED);
  private final List<Twin> twins = new ArrayList<>();
  private Kernels exact;
  private Kernels fast;

  @BeforeEach
  void createKernels() {
    assumeTrue(OneDnn.available(), "oneDNN does not load on this machine");
    exact = new Nd4jKernels(DataType.DOUBLE);
    fast = new OneDnnKernels(Precision.FLOAT32);
  }

  /** The same array twice: in double, and in float between guard values that must not change. */
  private record Twin(String name, INDArray exact, INDArray fast, INDArray surroundings) {}

  private Twin twin(String name, long... shape) {
    int length = (int) Arrays.stream(shape).reduce(1, (x, y) -> x * y);
    int before = random.nextInt(1, 6);
    float[] values = new float[before + length + 1];
    Arrays.fill(values, GUARD);
    double[] exactValues = new double[length];
    for (int i = 0; i < length; i++) {
      values[before + i] = (float) random.nextGaussian();
      exactValues[i] = values[before + i];
    }
    INDArray surroundings = Nd4j.createFromArray(values);
    long[] stride = shape.length == 2 ? new long[] {shape[1], 1} : new long[] {1};
    INDArray view = Nd4j.create(surroundings.data(), shape, stride, before, 'c');
    INDArray reference = Nd4j.createFromArray(exactValues).reshape(shape);
    Twin twin = new Twin(name, reference, view, surroundings);
    twins.add(twin);
    return twin;
  }

  /** Checks that all arrays made so far agree, and that nothing was written around them. */
  private void assertAgreement(String what) {
    for (Twin twin : twins) {
      float[] values = twin.surroundings().data().asFloat();
      int before = Math.toIntExact(twin.fast().offset());
      int length = Math.toIntExact(twin.fast().length());
      double[] expected = twin.exact().dup('c').data().asDouble();
      double limit = TOLERANCE * (1 + Arrays.stream(expected).map(Math::abs).max().orElseThrow());
      for (int i = 0; i < values.length; i++) {
        boolean inside = i >= before && i < before + length;
        assertThat((double) values[i])
            .as(
                "%s: %s of shape %s, element %d (tests.seed %d)",
                what,
                twin.name(),
                Arrays.toString(twin.exact().shape()),
                i - before,
                ModelFixtures.SEED)
            .isCloseTo(inside ? expected[i - before] : GUARD, within(inside ? limit : 0));
      }
    }
    twins.clear();
  }

  @Test
  void linearAgrees() {
    for (int[] size : SIZES) {
      Twin x = twin("x", size[0], size[2]);
      Twin weight = twin("weight", size[1], size[2]);
      Twin bias = twin("bias", size[1]);
      Twin y = twin("y", size[0], size[1]);
      exact.linear(x.exact(), weight.exact(), bias.exact(), y.exact());
      fast.linear(x.fast(), weight.fast(), bias.fast(), y.fast());
      assertAgreement("linear");
    }
  }

  @Test
  void linearGeluAgrees() {
    for (int[] size : SIZES) {
      Twin x = twin("x", size[0], size[2]);
      Twin weight = twin("weight", size[1], size[2]);
      Twin bias = twin("bias", size[1]);
      Twin z = twin("z", size[0], size[1]);
      Twin y = twin("y", size[0], size[1]);
      exact.linearGelu(x.exact(), weight.exact(), bias.exact(), z.exact(), y.exact());
      fast.linearGelu(x.fast(), weight.fast(), bias.fast(), z.fast(), y.fast());
      assertAgreement("linearGelu");
    }
  }

  @Test
  void geluAndItsSlopeAreWithinAMillionthFromTailToTail() {
    int n = 20_001;
    float[] grid = new float[n];
    for (int i = 0; i < n; i++) {
      grid[i] = (i - n / 2) / 1000f;
    }
    INDArray x = Nd4j.createFromArray(grid).reshape(n, 1);
    INDArray one = Nd4j.ones(DataType.FLOAT, 1, 1);
    INDArray zero = Nd4j.zeros(DataType.FLOAT, 1);
    INDArray z = Nd4j.create(DataType.FLOAT, n, 1);
    INDArray y = Nd4j.create(DataType.FLOAT, n, 1);
    fast.linearGelu(x, one, zero, z, y);
    INDArray exactX = x.castTo(DataType.DOUBLE);
    INDArray exactOne = one.castTo(DataType.DOUBLE);
    INDArray exactZ = exactX.dup();
    INDArray exactY = exactX.dup();
    exact.linearGelu(exactX, exactOne, zero.castTo(DataType.DOUBLE), exactZ, exactY);
    // Half a unit in the last place of 10 is already 5e-7.
    assertThat(maxDifference(y, exactY)).isLessThan(1.5e-6);
    assertThat(z).isEqualTo(x);
    INDArray slope = Nd4j.ones(DataType.FLOAT, n, 1);
    fast.geluBackward(z, slope, slope);
    INDArray exactSlope = Nd4j.ones(DataType.DOUBLE, n, 1);
    exact.geluBackward(exactZ, exactSlope, exactSlope);
    assertThat(maxDifference(slope, exactSlope)).isLessThan(1e-6);
  }

  private static double maxDifference(INDArray fast, INDArray exact) {
    return fast.castTo(DataType.DOUBLE).sub(exact).amaxNumber().doubleValue();
  }

  @Test
  void linearTanhAndItsGradientAgree() {
    for (int[] size : SIZES) {
      Twin x = twin("x", size[0], size[2]);
      Twin weight = twin("weight", size[1], size[2]);
      Twin bias = twin("bias", size[1]);
      Twin y = twin("y", size[0], size[1]);
      Twin dy = twin("dy", size[0], size[1]);
      Twin dz = twin("dz", size[0], size[1]);
      exact.linearTanh(x.exact(), weight.exact(), bias.exact(), y.exact());
      fast.linearTanh(x.fast(), weight.fast(), bias.fast(), y.fast());
      exact.tanhBackward(y.exact(), dy.exact(), dz.exact());
      fast.tanhBackward(y.fast(), dy.fast(), dz.fast());
      exact.tanhBackward(y.exact(), dy.exact(), dy.exact());
      fast.tanhBackward(y.fast(), dy.fast(), dy.fast());
      assertAgreement("linearTanh");
    }
  }

  @Test
  void linearGradientsAgree() {
    for (int[] size : SIZES) {
      Twin x = twin("x", size[0], size[2]);
      Twin weight = twin("weight", size[1], size[2]);
      Twin dy = twin("dy", size[0], size[1]);
      Twin dx = twin("dx", size[0], size[2]);
      Twin dxSum = twin("dxSum", size[0], size[2]);
      Twin dWeight = twin("dWeight", size[1], size[2]);
      Twin dBias = twin("dBias", size[1]);
      exact.linearBackwardInput(dy.exact(), weight.exact(), dx.exact());
      fast.linearBackwardInput(dy.fast(), weight.fast(), dx.fast());
      exact.linearBackwardInputAdd(dy.exact(), weight.exact(), dxSum.exact());
      fast.linearBackwardInputAdd(dy.fast(), weight.fast(), dxSum.fast());
      exact.linearBackwardWeight(x.exact(), dy.exact(), dWeight.exact(), dBias.exact());
      fast.linearBackwardWeight(x.fast(), dy.fast(), dWeight.fast(), dBias.fast());
      assertAgreement("linear gradients");
    }
  }

  @Test
  void geluBackwardAgreesAlsoInPlace() {
    for (int[] size : SIZES) {
      Twin z = twin("z", size[0], size[1]);
      Twin dy = twin("dy", size[0], size[1]);
      Twin dz = twin("dz", size[0], size[1]);
      exact.geluBackward(z.exact(), dy.exact(), dz.exact());
      fast.geluBackward(z.fast(), dy.fast(), dz.fast());
      exact.geluBackward(z.exact(), dy.exact(), dy.exact());
      fast.geluBackward(z.fast(), dy.fast(), dy.fast());
      assertAgreement("geluBackward");
    }
  }

  @Test
  void dropoutDrawsTheSameMask() {
    for (int[] size : SIZES) {
      for (Dropout dropout : DROPOUTS) {
        Twin x = twin("x", size[0], size[1]);
        Twin vector = twin("vector", (long) size[1] * size[2]);
        exact.dropout(x.exact(), dropout);
        fast.dropout(x.fast(), dropout);
        exact.dropout(vector.exact(), dropout);
        fast.dropout(vector.fast(), dropout);
        assertAgreement("dropout");
      }
    }
  }

  @Test
  void layerNormAndItsGradientAgree() {
    for (int[] size : SIZES) {
      Twin x = twin("x", size[0], size[1]);
      Twin y = twin("y", size[0], size[1]);
      Twin dy = twin("dy", size[0], size[1]);
      Twin dx = twin("dx", size[0], size[1]);
      TwinNorm norm = twinNorm(size[0], size[1]);
      exact.layerNorm(x.exact(), norm.exact(), y.exact());
      fast.layerNorm(x.fast(), norm.fast(), y.fast());
      exact.layerNormBackward(
          dy.exact(),
          x.exact(),
          norm.exact(),
          dx.exact(),
          norm.dWeight().exact(),
          norm.dBias().exact());
      fast.layerNormBackward(
          dy.fast(), x.fast(), norm.fast(), dx.fast(), norm.dWeight().fast(), norm.dBias().fast());
      assertAgreement("layerNorm");
    }
  }

  private record TwinNorm(Kernels.Norm exact, Kernels.Norm fast, Twin dWeight, Twin dBias) {}

  private TwinNorm twinNorm(int rows, int columns) {
    Twin weight = twin("weight", columns);
    Twin bias = twin("bias", columns);
    Twin mean = twin("mean", rows);
    Twin variance = twin("variance", rows);
    // An eps that keeps rows of one element, whose variance is 0, from blowing up.
    double eps = 1e-2;
    return new TwinNorm(
        new Kernels.Norm(weight.exact(), bias.exact(), eps, mean.exact(), variance.exact()),
        new Kernels.Norm(weight.fast(), bias.fast(), eps, mean.fast(), variance.fast()),
        twin("dWeight", columns),
        twin("dBias", columns));
  }

  @Test
  void dropoutResidualLayerNormAndItsGradientAgree() {
    for (int[] size : SIZES) {
      for (Dropout dropout : DROPOUTS) {
        Twin x = twin("x", size[0], size[1]);
        Twin residual = twin("residual", size[0], size[1]);
        Twin y = twin("y", size[0], size[1]);
        Twin dy = twin("dy", size[0], size[1]);
        Twin dInput = twin("dInput", size[0], size[1]);
        Twin dResidual = twin("dResidual", size[0], size[1]);
        TwinNorm norm = twinNorm(size[0], size[1]);
        exact.dropoutResidualLayerNorm(
            x.exact(), residual.exact(), dropout, norm.exact(), y.exact());
        fast.dropoutResidualLayerNorm(x.fast(), residual.fast(), dropout, norm.fast(), y.fast());
        exact.dropoutResidualLayerNormBackward(
            dy.exact(),
            x.exact(),
            dropout,
            norm.exact(),
            dInput.exact(),
            dResidual.exact(),
            norm.dWeight().exact(),
            norm.dBias().exact());
        fast.dropoutResidualLayerNormBackward(
            dy.fast(),
            x.fast(),
            dropout,
            norm.fast(),
            dInput.fast(),
            dResidual.fast(),
            norm.dWeight().fast(),
            norm.dBias().fast());
        assertAgreement("dropoutResidualLayerNorm");
      }
    }
  }

  @Test
  void attentionAndItsGradientAgreeForUnequalLengths() {
    int[][] lengths = {{1}, {3, 1, 4}, {38, 7, 48, 2}, {130, 33}};
    for (int[] sequences : lengths) {
      int[] offsets = new int[sequences.length + 1];
      for (int b = 0; b < sequences.length; b++) {
        offsets[b + 1] = offsets[b] + sequences[b];
      }
      for (int headSize : new int[] {1, 5, 32}) {
        for (Dropout dropout : DROPOUTS) {
          attentionAgrees(offsets, 3, headSize, dropout);
        }
      }
    }
  }

  @Test
  void attentionOverTheLongestSequenceAgrees() {
    attentionAgrees(new int[] {0, 512}, 3, 32, Dropout.NONE);
  }

  private void attentionAgrees(int[] offsets, int numHeads, int headSize, Dropout dropout) {
    int rows = offsets[offsets.length - 1];
    int hiddenSize = numHeads * headSize;
    Twin qkv = twin("qkv", rows, 3L * hiddenSize);
    Twin probs = twin("probs", fast.numAttentionProbs(offsets, numHeads));
    INDArray padded = Nd4j.create(DataType.DOUBLE, exact.numAttentionProbs(offsets, numHeads));
    Twin context = twin("context", rows, hiddenSize);
    Twin dContext = twin("dContext", rows, hiddenSize);
    Twin dQkv = twin("dQkv", rows, 3L * hiddenSize);
    exact.attention(qkv.exact(), offsets, numHeads, dropout, padded, context.exact());
    fast.attention(qkv.fast(), offsets, numHeads, dropout, probs.fast(), context.fast());
    exact.attentionBackward(
        qkv.exact(), offsets, numHeads, dropout, padded, dContext.exact(), dQkv.exact());
    probs.exact().assign(withoutPadding(padded, offsets, numHeads));
    fast.attentionBackward(
        qkv.fast(), offsets, numHeads, dropout, probs.fast(), dContext.fast(), dQkv.fast());
    assertAgreement("attention with heads of " + headSize + ", " + dropout);
  }

  /** The probabilities as oneDNN's kernels keep them: [A, length, length] of each sequence. */
  private static INDArray withoutPadding(INDArray probs, int[] offsets, int numHeads) {
    int numSequences = offsets.length - 1;
    int longest =
        IntStream.range(0, numSequences).map(b -> offsets[b + 1] - offsets[b]).max().orElseThrow();
    INDArray squares = probs.reshape(numSequences, numHeads, longest, longest);
    List<INDArray> packed = new ArrayList<>();
    for (int b = 0; b < numSequences; b++) {
      INDArrayIndex real = NDArrayIndex.interval(0, offsets[b + 1] - offsets[b]);
      packed.add(
          Nd4j.toFlattened(
              'c', squares.get(NDArrayIndex.point(b), NDArrayIndex.all(), real, real)));
    }
    return Nd4j.toFlattened('c', packed);
  }

  @Test
  void rowsAreReadAndAddedAlike() {
    for (int[] size : SIZES) {
      Twin table = twin("table", size[0], size[1]);
      Twin other = twin("other", size[2], size[1]);
      int n = 77;
      int[] ids = random.ints(n, 0, size[0]).toArray();
      int[] otherIds = random.ints(n, 0, size[2]).toArray();
      Twin y = twin("y", n, size[1]);
      Twin rows = twin("rows", n, size[1]);
      List<int[]> both = List.of(ids, otherIds);
      exact.embed(List.of(table.exact(), other.exact()), both, y.exact());
      fast.embed(List.of(table.fast(), other.fast()), both, y.fast());
      exact.gatherRows(table.exact(), ids, rows.exact());
      fast.gatherRows(table.fast(), ids, rows.fast());
      exact.scatterAddRows(y.exact(), otherIds, other.exact());
      fast.scatterAddRows(y.fast(), otherIds, other.fast());
      assertAgreement("rows");
    }
  }

  @Test
  void crossEntropyAgrees() {
    for (int[] size : SIZES) {
      Twin logits = twin("logits", size[0], size[1]);
      logits.exact().muli(8);
      logits.fast().muli(8);
      int[] labels = random.ints(size[0], 0, size[1]).toArray();
      labels[0] = logits.exact().argMax(1).getInt(0);
      Kernels.CrossEntropy expected = exact.softmaxCrossEntropy(logits.exact(), labels, 0.7);
      Kernels.CrossEntropy actual = fast.softmaxCrossEntropy(logits.fast(), labels, 0.7);
      assertThat(actual.lossSum())
          .isCloseTo(expected.lossSum(), within(TOLERANCE * (1 + expected.lossSum())));
      assertThat(actual.numCorrect()).isEqualTo(expected.numCorrect()).isPositive();
      assertAgreement("softmaxCrossEntropy");
    }
  }

  @Test
  void crossEntropyCountsTheFirstOfEqualMaximaAndStaysFinite() {
    INDArray logits = Nd4j.createFromArray(new float[][] {{1000, 0, 1000}, {1000, 0, 1000}});
    Kernels.CrossEntropy loss = fast.softmaxCrossEntropy(logits, new int[] {2, 0}, 1);
    assertThat(loss.numCorrect()).isEqualTo(1);
    assertThat(loss.lossSum()).isCloseTo(2 * Math.log(2), within(1e-6));
  }

  @Test
  void softCrossEntropyAgrees() {
    for (int[] size : SIZES) {
      Twin logits = twin("logits", size[0], size[1]);
      Twin teacher = twin("teacher", size[0], size[1]);
      INDArray teacherFast = teacher.fast().dup('c');
      INDArray teacherExact = teacher.exact().dup('c');
      double expected = exact.softCrossEntropy(logits.exact(), teacherExact, 2.5, 0.7);
      double actual = fast.softCrossEntropy(logits.fast(), teacherFast, 2.5, 0.7);
      assertThat(actual).isCloseTo(expected, within(TOLERANCE * (1 + expected)));
      assertAgreement("softCrossEntropy");
    }
  }

  @Test
  void notANumberComesOutAsNotANumber() {
    INDArray logits = Nd4j.createFromArray(new float[][] {{1, Float.NaN, 2}});
    assertThat(fast.softmaxCrossEntropy(logits, new int[] {0}, 1).lossSum()).isNaN();
    INDArray x = Nd4j.createFromArray(new float[][] {{Float.NaN}});
    INDArray one = Nd4j.ones(DataType.FLOAT, 1, 1);
    INDArray y = Nd4j.zeros(DataType.FLOAT, 1, 1);
    fast.linearGelu(x, one, Nd4j.zeros(DataType.FLOAT, 1), Nd4j.zeros(DataType.FLOAT, 1, 1), y);
    assertThat(y.getFloat(0)).isNaN();
  }

  @Test
  void gradientOfAWholeStepAgreesWithDropout() {
    EncoderConfig config = new EncoderConfig(24, 2, 3, 50, 301, 48, 2, 2, 0.2, 0.1, 0.02, 1e-12);
    PackedBatch batch = ModelFixtures.batch(config, 2, ModelFixtures.SEED, 48, 31, 1, 40, 7, 48);
    ModelConfig model = ModelFixtures.pretraining(config);
    ParameterLayout layout = model.layout();
    INDArray flat = ModelFixtures.parameters(layout, DataType.FLOAT, ModelFixtures.SEED);
    INDArray gradient = ModelFixtures.gradient(model, DataType.FLOAT);
    INDArray expected = ModelFixtures.gradient(model, DataType.DOUBLE);
    DropoutSeeds seeds = DropoutSeeds.of(ModelFixtures.SEED, 3);
    Losses losses =
        DataParallel.over(model, flat, () -> new OneDnnKernels(Precision.FLOAT32))
            .gradient(batch, 0, Integer.MAX_VALUE, seeds, gradient);
    Losses expectedLosses =
        DataParallel.over(
                model, flat.castTo(DataType.DOUBLE), () -> new Nd4jKernels(DataType.DOUBLE))
            .gradient(batch, 0, Integer.MAX_VALUE, seeds, expected);
    assertThat(model.loss(losses, 0)).isCloseTo(model.loss(expectedLosses, 0), within(1e-4));
    for (ParameterLayout.Parameter parameter : layout.parameters()) {
      INDArray slope = layout.view(expected, parameter.name());
      double error =
          layout
              .view(gradient, parameter.name())
              .castTo(DataType.DOUBLE)
              .sub(slope)
              .norm2Number()
              .doubleValue();
      assertThat(error)
          .as("%s (tests.seed %d)", parameter.name(), ModelFixtures.SEED)
          .isLessThan(1e-6 + 1e-4 * slope.norm2Number().doubleValue());
    }
  }

  @Test
  void refusesArraysThatItWouldMisread() {
    INDArray x = Nd4j.ones(DataType.FLOAT, 3, 4);
    INDArray y = Nd4j.ones(DataType.FLOAT, 3, 4);
    int[] rows = {0, 1, 2};
    assertThatThrownBy(() -> fast.gatherRows(x.transpose(), rows, y))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("must be row-major FLOAT without gaps");
    assertThatThrownBy(() -> fast.gatherRows(x.castTo(DataType.DOUBLE), rows, y))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is DOUBLE of shape [3, 4]");
  }

  @Test
  void floatGetsTheFastKernelsAndDoubleTheReference() {
    assertThat(Kernels.create(DataType.FLOAT, Precision.FLOAT32)).isInstanceOf(OneDnnKernels.class);
    assertThat(Kernels.create(DataType.DOUBLE, Precision.FLOAT32)).isInstanceOf(Nd4jKernels.class);
  }
}
