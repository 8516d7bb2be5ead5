package io.dialogbert.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.model.dl4j.InferenceModel;
import io.dialogbert.model.dl4j.TrainingSettings;
import io.dialogbert.model.head.DataParallel;
import io.dialogbert.model.head.Head;
import io.dialogbert.model.head.Losses;
import io.dialogbert.model.head.ModelConfig;
import io.dialogbert.model.kernel.DropoutSeeds;
import io.dialogbert.model.kernel.HostMemory;
import io.dialogbert.model.kernel.Kernels;
import io.dialogbert.model.kernel.Precision;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;
import org.nd4j.linalg.schedule.FixedSchedule;

/** What a whole network loses by another precision. */
@DisabledIfSystemProperty(
    named = HostMemory.PROPERTY,
    matches = "separate",
    disabledReason = "oneDNN takes host pointers")
class PrecisionTest {
  private final EncoderConfig config =
      new EncoderConfig(128, 3, 2, 512, 100, 64, 2, 2, 0.1, 0.1, 0.06, 1e-12);
  private final ModelConfig model = ModelFixtures.pretraining(config);
  private final ComputationGraph graph =
      Graphs.create(
          model,
          new TrainingSettings(
              new FixedSchedule(0.001), 0, 0.9, 0.999, 1e-6, 1, TrainingSettings.Optimizer.ADAMW),
          ModelFixtures.SEED);
  private final PackedBatch batch =
      ModelFixtures.batch(config, 2, ModelFixtures.SEED, 40, 3, 9, 1, 31, 25, 17, 48);

  private static void requireBfloat16() {
    assumeTrue(
        Precision.AUTO.here() == Precision.BFLOAT16, "this processor has no unit for bfloat16");
  }

  private double cosineToFloats(Precision precision) {
    INDArray exact =
        Nd4j.createFromArray(
            InferenceModel.of(graph, Precision.FLOAT32).predict(batch, Head.NEXT_SENTENCE));
    INDArray rounded =
        Nd4j.createFromArray(
            InferenceModel.of(graph, precision).predict(batch, Head.NEXT_SENTENCE));
    assertThat(rounded).isNotEqualTo(exact);
    return Transforms.cosineSim(exact.reshape(-1), rounded.reshape(-1));
  }

  @Test
  void outputsOfBfloat16AreClose() {
    requireBfloat16();
    assertThat(cosineToFloats(Precision.BFLOAT16)).isGreaterThan(0.9999);
  }

  @Test
  void outputsOfInt8AreClose() {
    assertThat(cosineToFloats(Precision.INT8)).isGreaterThan(0.999);
  }

  @Test
  void gradientsOfBfloat16PointTheSameWay() {
    requireBfloat16();
    INDArray exact = gradient(Precision.FLOAT32);
    INDArray rounded = gradient(Precision.BFLOAT16);
    assertThat(rounded).isNotEqualTo(exact);
    assertThat(Transforms.cosineSim(exact, rounded)).isGreaterThan(0.999);
  }

  private INDArray gradient(Precision precision) {
    INDArray gradient = Nd4j.create(DataType.FLOAT, graph.numParams());
    DataParallel.over(
            model,
            graph.params().reshape(graph.numParams()),
            () -> Kernels.create(DataType.FLOAT, precision))
        .gradient(batch, 0, batch.numSequences(), DropoutSeeds.of(1, 0), gradient);
    return gradient;
  }

  @Test
  void theSameSeedGivesTheSameBits() {
    requireBfloat16();
    assertThat(gradient(Precision.BFLOAT16)).isEqualTo(gradient(Precision.BFLOAT16));
  }

  @Test
  void aGraphInInt8ScoresAndForgetsItsWeightsAtTheNextCall() {
    Losses floats = Graphs.score(graph, batch);
    Graphs.setPrecision(graph, Precision.INT8);
    Losses bytes = Graphs.score(graph, batch);
    assertThat(Graphs.score(graph, batch)).isEqualTo(bytes).isNotEqualTo(floats);
    graph.params().muli(0.5);
    Graphs.setPrecision(graph, Precision.INT8);
    assertThat(Graphs.score(graph, batch)).isNotEqualTo(bytes);
  }

  @Test
  void aCheckpointThatIsNotFiniteIsRefused() {
    graph.params().putScalar(graph.numParams() / 2, Float.NaN);
    assertThatThrownBy(() -> InferenceModel.of(graph, Precision.INT8))
        .hasMessageContaining("the checkpoint has a weight that is not finite");
  }
}
