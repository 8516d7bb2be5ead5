package io.dialogbert.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.ModelFixtures;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.head.DataParallel;
import io.dialogbert.model.head.ModelConfig;
import io.dialogbert.model.kernel.DropoutSeeds;
import io.dialogbert.model.kernel.HostFloats;
import io.dialogbert.model.kernel.HostMemory;
import io.dialogbert.model.kernel.Kernels;
import io.dialogbert.model.kernel.Precision;
import io.dialogbert.model.kernel.Threads;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Runs where the CPU is used like a card. Shows that the guards see what they are there for. */
@EnabledIfSystemProperty(named = HostMemory.PROPERTY, matches = "separate")
class GuardedBuffersTest {
  @Test
  void guardsArraysHoweverTheyAreMade() {
    INDArray matrix = Nd4j.createFromArray(new float[][] {{1, 2}, {3, 4}});
    assertThat(
            List.of(
                matrix,
                matrix.dup(),
                matrix.getRow(1),
                matrix.reshape(4),
                matrix.castTo(DataType.DOUBLE),
                matrix.castTo(DataType.INT32),
                matrix.mmul(matrix),
                matrix.sum(1),
                Nd4j.createFromArray(1.0, 2.0),
                Nd4j.createFromArray(1, 2),
                Nd4j.rand(DataType.FLOAT, 2, 2),
                Nd4j.ones(DataType.FLOAT, 3),
                Nd4j.createUninitializedDetached(DataType.FLOAT, 3),
                Nd4j.create(matrix.data(), new long[] {2}, new long[] {1}, 1, 'c')))
        .allSatisfy(array -> assertThat(array.data()).isInstanceOf(Guarded.class));
  }

  @Test
  void refusesHostPointersToOurCode() {
    INDArray array = Nd4j.ones(DataType.FLOAT, 3);
    String message = "GuardedBuffersTest asks for the host pointer of an array";
    assertThatThrownBy(() -> array.data().pointer()).hasMessageContaining(message);
  }

  @Test
  void refusesAnotherThreadBeforeAHandOver() {
    INDArray array = Nd4j.ones(DataType.FLOAT, 3);
    assertThatThrownBy(() -> CompletableFuture.runAsync(() -> array.addi(1)).join())
        .hasMessageContaining("an array of thread main is touched by thread ")
        .hasMessageContaining("without a hand-over");
    Nd4j.getExecutioner().commit();
    assertThatCode(() -> CompletableFuture.runAsync(() -> array.addi(1)).join())
        .doesNotThrowAnyException();
    // The other one has not handed it back.
    assertThatThrownBy(() -> array.addi(1)).hasMessageContaining("without a hand-over");
  }

  @Test
  void hostFloatsAndFurtherThreadsAreOutOfReach() {
    INDArray array = Nd4j.ones(DataType.FLOAT, 3);
    assertThatThrownBy(() -> new HostFloats().bind(array))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("host pointers are not the arrays' memory on this backend");
    Threads.use(2);
    assertThat(Threads.count()).isEqualTo(1);
  }

  private static long readsOfAStep(int... lengths) {
    EncoderConfig config = ModelFixtures.tinyConfig(0.2);
    ModelConfig model = ModelFixtures.pretraining(config);
    PackedBatch batch = ModelFixtures.batch(config, 2, ModelFixtures.SEED, lengths);
    DataParallel network =
        DataParallel.over(
            model,
            ModelFixtures.parameters(model.layout(), DataType.FLOAT, ModelFixtures.SEED),
            () -> Kernels.create(DataType.FLOAT, Precision.FLOAT32));
    INDArray gradient = ModelFixtures.gradient(model, DataType.FLOAT);
    long before = Guard.reads();
    network.gradient(batch, 0, Integer.MAX_VALUE, DropoutSeeds.of(1, 2), gradient);
    return Guard.reads() - before;
  }

  @Test
  void aLargerBatchReadsNoMoreSingleValues() {
    long few = readsOfAStep(3, 5);
    assertThat(few).isPositive();
    assertThat(readsOfAStep(1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 9)).isEqualTo(few);
  }
}
