package io.dialogbert.model.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.GradientTest;
import io.dialogbert.model.ModelFixtures;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.head.ModelConfig;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Compares forward values to loops that spell out the formula; {@link GradientTest} checks the
 * backward passes.
 */
class Nd4jKernelsTest {
  private final SplittableRandom random = new SplittableRandom(ModelFixtures.SEED);
  private final Kernels kernels = new Nd4jKernels(DataType.DOUBLE);

  private INDArray random(int rows, int columns) {
    return Nd4j.createFromArray(random.doubles((long) rows * columns, -2, 2).toArray())
        .reshape(rows, columns);
  }

  private static INDArray vector(int length) {
    return Nd4j.create(DataType.DOUBLE, length);
  }

  @Test
  void attentionIsTheWeightedMeanOfValuesWithinEachSequence() {
    int[] offsets = {0, 3, 4, 9};
    int numHeads = 2;
    int headSize = 5;
    int hiddenSize = numHeads * headSize;
    INDArray qkv = random(9, 3 * hiddenSize);
    INDArray probs = vector(Math.toIntExact(kernels.numAttentionProbs(offsets, numHeads)));
    INDArray context = random(9, hiddenSize);
    kernels.attention(qkv, offsets, numHeads, Dropout.NONE, probs, context);
    for (int b = 0; b < 3; b++) {
      for (int head = 0; head < numHeads; head++) {
        for (int row = offsets[b]; row < offsets[b + 1]; row++) {
          double[] expected =
              attend(qkv, offsets[b], offsets[b + 1], row, head * headSize, headSize);
          for (int d = 0; d < headSize; d++) {
            assertThat(context.getDouble(row, head * headSize + d))
                .isCloseTo(expected[d], within(1e-12));
          }
        }
      }
    }
  }

  private static double[] attend(
      INDArray qkv, int from, int to, int row, int column, int headSize) {
    int hiddenSize = qkv.columns() / 3;
    double[] sum = new double[headSize];
    double total = 0;
    for (int other = from; other < to; other++) {
      double product = 0;
      for (int d = 0; d < headSize; d++) {
        product += qkv.getDouble(row, column + d) * qkv.getDouble(other, hiddenSize + column + d);
      }
      double weight = Math.exp(product / Math.sqrt(headSize));
      total += weight;
      for (int d = 0; d < headSize; d++) {
        sum[d] += weight * qkv.getDouble(other, 2 * hiddenSize + column + d);
      }
    }
    for (int d = 0; d < headSize; d++) {
      sum[d] /= total;
    }
    return sum;
  }

  @Test
  void linearMultipliesByTheTransposedWeight() {
    INDArray x = random(3, 4);
    INDArray weight = random(5, 4);
    INDArray bias = vector(5).addi(7);
    INDArray y = random(3, 5);
    kernels.linear(x, weight, bias, y);
    double expected = 7;
    for (int k = 0; k < 4; k++) {
      expected += x.getDouble(1, k) * weight.getDouble(3, k);
    }
    assertThat(y.getDouble(1, 3)).isCloseTo(expected, within(1e-12));
  }

  @Test
  void geluIsTheExactOneNotItsTanhApproximation() {
    INDArray one = Nd4j.createFromArray(new double[][] {{1}});
    INDArray z = random(1, 1);
    INDArray y = random(1, 1);
    kernels.linearGelu(one, one, vector(1), z, y);
    // The normal distribution's mass below 1; the tanh form gives 0.841192.
    assertThat(y.getDouble(0, 0)).isCloseTo(0.8413447, within(1e-7));
  }

  @Test
  void layerNormGivesEachRowMeanBiasAndDeviationWeight() {
    INDArray x = random(4, 6);
    INDArray y = random(4, 6);
    Kernels.Norm norm =
        new Kernels.Norm(vector(6).addi(3), vector(6).addi(5), 1e-12, vector(4), vector(4));
    kernels.layerNorm(x, norm, y);
    for (int n = 0; n < 4; n++) {
      assertThat(y.getRow(n).meanNumber().doubleValue()).isCloseTo(5, within(1e-9));
      assertThat(y.getRow(n).stdNumber(false).doubleValue()).isCloseTo(3, within(1e-9));
    }
  }

  @Test
  void dropoutResidualLayerNormAddsBeforeItNormalizes() {
    INDArray x = random(2, 3);
    INDArray residual = random(2, 3);
    INDArray sum = x.add(residual);
    INDArray y = random(2, 3);
    Kernels.Norm norm = new Kernels.Norm(vector(3).addi(1), vector(3), 1e-12, vector(2), vector(2));
    kernels.dropoutResidualLayerNorm(x, residual, Dropout.NONE, norm, y);
    assertThat(x).isEqualTo(sum);
    INDArray expected = random(2, 3);
    kernels.layerNorm(sum, norm, expected);
    assertThat(y).isEqualTo(expected);
  }

  @Test
  void scatterAddSumsRepeatedRows() {
    INDArray table = vector(8).reshape(4, 2);
    INDArray rows = Nd4j.createFromArray(new double[][] {{1, 2}, {10, 20}, {100, 200}});
    kernels.scatterAddRows(rows, new int[] {3, 1, 3}, table);
    assertThat(table.toDoubleMatrix())
        .isDeepEqualTo(new double[][] {{0, 0}, {10, 20}, {0, 0}, {101, 202}});
  }

  @Test
  void crossEntropyStaysFiniteForLargeLogits() {
    INDArray logits = Nd4j.createFromArray(new double[][] {{1000, 0, -1000}, {0, 0, 0}});
    Kernels.CrossEntropy loss = kernels.softmaxCrossEntropy(logits, new int[] {1, 0}, 0.5);
    assertThat(loss.lossSum()).isCloseTo(1000 + Math.log(3), within(1e-9));
    assertThat(loss.numCorrect()).isEqualTo(1);
    assertThat(logits.getDouble(0, 0)).isCloseTo(0.5, within(1e-12));
    assertThat(logits.getDouble(1, 0)).isCloseTo(0.5 * (1.0 / 3 - 1), within(1e-12));
  }

  @Test
  void floatAgreesWithDouble() {
    EncoderConfig config = ModelFixtures.tinyConfig(0.2);
    PackedBatch batch = ModelFixtures.batch(config, 2, ModelFixtures.SEED, 6, 9, 1);
    ModelConfig model = ModelFixtures.pretraining(config);
    DropoutSeeds seeds = DropoutSeeds.of(1, 2);
    INDArray[] gradients = new INDArray[2];
    for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
      INDArray flat = ModelFixtures.parameters(model.layout(), type, ModelFixtures.SEED);
      INDArray gradient = ModelFixtures.gradient(model, type);
      ModelFixtures.networks(model, flat).gradient(batch, 0, Integer.MAX_VALUE, seeds, gradient);
      gradients[type == DataType.FLOAT ? 0 : 1] = gradient.castTo(DataType.DOUBLE);
    }
    double worst = gradients[0].sub(gradients[1]).amaxNumber().doubleValue();
    assertThat(worst).as("tests.seed %d", ModelFixtures.SEED).isLessThan(1e-4);
  }
}
