package io.dialogbert.model.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dialogbert.common.BadConfigException;
import io.dialogbert.model.ModelFixtures;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

@DisabledIfSystemProperty(
    named = HostMemory.PROPERTY,
    matches = "separate",
    disabledReason = "oneDNN takes host pointers")
class Bfloat16ProductsTest {
  /** N, O, K: rows that are a rest alone, whole blocks alone, or both. */
  private static final int[][] SIZES = {
    {1, 64, 64}, {16, 72, 64}, {64, 64, 80}, {128, 100, 65}, {131, 65, 129}, {200, 768, 64}
  };

  private final Random random = new Random(ModelFixtures.SEED);

  private static boolean available() {
    return Precision.AUTO.here() == Precision.BFLOAT16;
  }

  @BeforeEach
  void seed() {
    Nd4j.getRandom().setSeed(ModelFixtures.SEED);
  }

  /** Integers of at most 8 bits, which bfloat16 holds without an error. */
  private INDArray integers(int rows, int columns) {
    float[][] values = new float[rows][columns];
    for (float[] row : values) {
      for (int i = 0; i < columns; i++) {
        row[i] = random.nextInt(511) - 255;
      }
    }
    return Nd4j.createFromArray(values);
  }

  @Test
  void productsOfShortIntegersAreExact() {
    assumeTrue(available(), "this processor has no unit for bfloat16");
    Products products = Products.of(Precision.BFLOAT16);
    Products floats = new FloatProducts();
    for (int[] size : SIZES) {
      INDArray x = integers(size[0], size[2]);
      INDArray weight = integers(size[1], size[2]);
      INDArray dy = integers(size[0], size[1]);
      for (boolean add : new boolean[] {false, true}) {
        for (INDArray w : new INDArray[] {weight, products.freeze(weight)}) {
          INDArray expected = integers(size[0], size[1]);
          INDArray actual = expected.dup('c');
          floats.forward(x, weight, add, expected);
          products.forward(x, w, add, actual);
          assertThat(actual).as("y of " + size[0]).isEqualTo(expected);
        }
        INDArray expected = integers(size[0], size[2]);
        INDArray actual = expected.dup('c');
        floats.backwardInput(dy, weight, add, expected);
        products.backwardInput(dy, weight, add, actual);
        assertThat(actual).as("dx of " + size[0]).isEqualTo(expected);
      }
      INDArray expected = integers(size[1], size[2]);
      INDArray actual = expected.dup('c');
      floats.backwardWeight(x, dy, expected);
      products.backwardWeight(x, dy, actual);
      assertThat(actual).as("dw of " + size[0]).isEqualTo(expected);
    }
  }

  /** Rounding changes a factor by 2^-9 of it at most, so a sum by 2^-8 of its terms' sizes. */
  @Test
  void errorsAreThoseOfRounding() {
    assumeTrue(available(), "this processor has no unit for bfloat16");
    INDArray x = Nd4j.randn(DataType.FLOAT, 131, 129);
    INDArray weight = Nd4j.randn(DataType.FLOAT, 65, 129);
    INDArray exact = x.castTo(DataType.DOUBLE).mmul(weight.castTo(DataType.DOUBLE).transpose());
    INDArray sizes =
        Nd4j.math()
            .abs(x.castTo(DataType.DOUBLE))
            .mmul(Nd4j.math().abs(weight.castTo(DataType.DOUBLE)).transpose());
    INDArray y = Nd4j.create(DataType.FLOAT, 131, 65);
    Products.of(Precision.BFLOAT16).forward(x, weight, false, y);
    INDArray error = Nd4j.math().abs(y.castTo(DataType.DOUBLE).subi(exact)).divi(sizes);
    assertThat(error.maxNumber().doubleValue()).isBetween(1e-5, 1.01 / 256);
  }

  @Test
  void narrowMatricesStayInFloats() {
    assumeTrue(available(), "this processor has no unit for bfloat16");
    INDArray x = Nd4j.randn(DataType.FLOAT, 131, 129);
    INDArray weight = Nd4j.randn(DataType.FLOAT, 63, 129);
    INDArray expected = Nd4j.create(DataType.FLOAT, 131, 63);
    INDArray actual = expected.dup('c');
    new FloatProducts().forward(x, weight, false, expected);
    Products.of(Precision.BFLOAT16).forward(x, weight, false, actual);
    assertThat(actual).isEqualTo(expected);
  }

  @Test
  void aProcessorWithoutTheUnitSaysWhatItHas() {
    assertThat(Precision.FLOAT32.here()).isEqualTo(Precision.FLOAT32);
    assumeFalse(available(), "this processor has a unit for bfloat16");
    assertThat(Precision.AUTO.here()).isEqualTo(Precision.FLOAT32);
    assertThatThrownBy(Precision.BFLOAT16::here)
        .isInstanceOf(BadConfigException.class)
        .hasMessageContaining("precision = bfloat16 needs a processor with AMX");
  }
}
