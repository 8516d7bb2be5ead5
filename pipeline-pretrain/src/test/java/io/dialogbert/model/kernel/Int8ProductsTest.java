package io.dialogbert.model.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dialogbert.common.BadInputException;
import io.dialogbert.model.ModelFixtures;
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
class Int8ProductsTest {
  @BeforeEach
  void seed() {
    assumeTrue(OneDnn.available(), "oneDNN does not load on this machine");
    Nd4j.getRandom().setSeed(ModelFixtures.SEED);
  }

  /** The same integers as their scales have: nothing is rounded, so nothing may be lost. */
  private static INDArray integers(int rows, int columns, int limit) {
    INDArray values =
        Nd4j.rand(DataType.FLOAT, rows, columns).muli(2 * limit + 1).subi(limit + 0.5f);
    INDArray rounded = Nd4j.math().round(values);
    rounded.putColumn(0, Nd4j.valueArrayOf(new long[] {rows, 1}, limit, DataType.FLOAT));
    return rounded;
  }

  @Test
  void productsOfIntegersAreExact() {
    int limit = OneDnn.addsInt8Exactly() ? 127 : 63;
    Products products = Products.of(Precision.INT8);
    for (int[] size : new int[][] {{1, 64, 64}, {16, 72, 65}, {17, 100, 129}, {50, 768, 64}}) {
      INDArray x = integers(size[0], size[2], 127).muli(0.5f);
      INDArray weight = integers(size[1], size[2], limit).muli(0.25f);
      INDArray frozen = products.freeze(weight);
      assertThat(frozen.dataType()).isEqualTo(DataType.INT8);
      for (boolean add : new boolean[] {false, true}) {
        INDArray expected = Nd4j.ones(DataType.FLOAT, size[0], size[1]);
        INDArray actual = expected.dup('c');
        new FloatProducts().forward(x, weight, add, expected);
        products.forward(x, frozen, add, actual);
        double error = Nd4j.math().abs(actual.sub(expected)).maxNumber().doubleValue();
        double largest = Nd4j.math().abs(expected).maxNumber().doubleValue();
        assertThat(error).as(size[0] + " rows").isLessThan(1e-6 * largest);
      }
    }
  }

  /** Sums of the largest values of one sign, which saturate where two are added in 16 bits. */
  @Test
  void largeSumsDoNotSaturate() {
    Products products = Products.of(Precision.INT8);
    INDArray x = Nd4j.ones(DataType.FLOAT, 3, 1024);
    INDArray weight = Nd4j.ones(DataType.FLOAT, 64, 1024).muli(-2);
    INDArray y = Nd4j.create(DataType.FLOAT, 3, 64);
    products.forward(x, products.freeze(weight), false, y);
    assertThat(Nd4j.math().abs(y.add(2048)).maxNumber().doubleValue()).isLessThan(0.01);
  }

  @Test
  void rowsOfZerosStayZero() {
    Products products = Products.of(Precision.INT8);
    INDArray weight = Nd4j.randn(DataType.FLOAT, 64, 64);
    INDArray y = Nd4j.ones(DataType.FLOAT, 2, 64);
    products.forward(Nd4j.zeros(DataType.FLOAT, 2, 64), products.freeze(weight), false, y);
    assertThat(y).isEqualTo(Nd4j.zeros(DataType.FLOAT, 2, 64));
  }

  @Test
  void narrowWeightsStayFloats() {
    Products products = Products.of(Precision.INT8);
    assertThat(products.freeze(Nd4j.randn(DataType.FLOAT, 63, 129)).dataType())
        .isEqualTo(DataType.FLOAT);
  }

  @Test
  void weightsThatAreNotFiniteAreRefused() {
    INDArray weight = Nd4j.randn(DataType.FLOAT, 64, 64);
    weight.putScalar(5, 7, Float.NaN);
    assertThatThrownBy(() -> Products.of(Precision.INT8).freeze(weight))
        .isInstanceOf(BadInputException.class)
        .hasMessage("the checkpoint has a weight that is not finite, in output 5 of 64");
  }
}
