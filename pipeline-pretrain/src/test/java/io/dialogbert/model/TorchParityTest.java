package io.dialogbert.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.model.dl4j.TrainingSettings;
import io.dialogbert.model.head.DataParallel;
import io.dialogbert.model.head.Head;
import io.dialogbert.model.head.Losses;
import io.dialogbert.model.head.ModelConfig;
import io.dialogbert.model.kernel.DropoutSeeds;
import io.dialogbert.model.kernel.Kernels;
import io.dialogbert.model.kernel.Nd4jKernels;
import io.dialogbert.model.kernel.Precision;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.schedule.FixedSchedule;

/**
 * Compares the network to PyTorch's numbers in double (made by {@code make_golden.py}): within
 * 1e-10 in double with plain ND4J, within 2e-5 in float with the fast kernels. PyTorch ran on a
 * padded and masked batch, so this also shows that packed equals padded.
 */
final class TorchParityTest {
  private static final double DOUBLE = 1e-10;
  private static final double FLOAT = 2e-5;
  private static final EncoderConfig CONFIG = ModelFixtures.tinyConfig(0);
  private static final ModelConfig MODEL = ModelFixtures.pretraining(CONFIG);
  private static final ParameterLayout LAYOUT = MODEL.layout();
  private static JsonNode golden;

  @BeforeAll
  static void readGolden() throws IOException {
    try (InputStream in =
        TorchParityTest.class.getResourceAsStream("/golden/torch-pretraining.json")) {
      golden = new ObjectMapper().readTree(in);
    }
  }

  /** Values that follow from each parameter's place among the sorted names. */
  static INDArray parameters(ParameterLayout layout, DataType type) {
    INDArray flat = Nd4j.create(type, layout.length());
    List<String> names =
        layout.parameters().stream().map(ParameterLayout.Parameter::name).sorted().toList();
    for (int index = 0; index < names.size(); index++) {
      ParameterLayout.Parameter parameter = layout.parameter(names.get(index));
      double center = parameter.name().endsWith("LayerNorm.weight") ? 1 : 0;
      for (int i = 0; i < parameter.length(); i++) {
        flat.putScalar(
            parameter.offset() + i, center + 0.4 * Math.sin(1 + 0.37 * index + 0.61 * i));
      }
    }
    return flat;
  }

  private static PackedBatch batch() {
    return batch(7, 3, 9);
  }

  /** Sequences whose ids follow from their places. */
  static PackedBatch batch(int... lengths) {
    ModelFixtures.Sequences builder = new ModelFixtures.Sequences();
    for (int i = 0; i < lengths.length; i++) {
      int b = i;
      int length = lengths[b];
      int[] masked = IntStream.range(0, length).filter(t -> (t + b) % 3 == 1).toArray();
      builder.add(
          IntStream.range(0, length).map(t -> (3 * b + 5 * t + 1) % 13).toArray(),
          IntStream.range(0, length).map(t -> t >= length / 2 ? 1 : 0).toArray(),
          IntStream.range(0, length).map(t -> t / 2 % 2).toArray(),
          masked,
          IntStream.of(masked).map(t -> (7 * t + 2 * b) % 13).toArray(),
          b % 2);
    }
    return builder.build();
  }

  @Test
  void lossesLogitsAndGradientsAgreeInDouble() {
    check(DataType.DOUBLE, () -> new Nd4jKernels(DataType.DOUBLE), DOUBLE);
  }

  @Test
  void lossesLogitsAndGradientsAgreeInFloat() {
    check(DataType.FLOAT, () -> Kernels.create(DataType.FLOAT, Precision.FLOAT32), FLOAT);
  }

  private static void check(DataType type, Supplier<Kernels> kernels, double tolerance) {
    PackedBatch batch = batch();
    DataParallel network = DataParallel.over(MODEL, parameters(LAYOUT, type), kernels);
    assertClose(
        "nsp_logits", network.outputs(batch, Head.NEXT_SENTENCE, DropoutSeeds.OFF), tolerance);
    assertClose(
        "mlm_logits",
        network.outputs(batch, Head.MASKED_LM, ModelFixtures.masked(batch).rows()),
        tolerance);
    INDArray gradient = ModelFixtures.gradient(MODEL, type);
    Losses losses = network.gradient(batch, 0, Integer.MAX_VALUE, DropoutSeeds.OFF, gradient);
    for (String loss : List.of("mlm_loss", "nsp_loss")) {
      assertThat(losses.mean(loss)).isCloseTo(golden.get(loss).asDouble(), within(tolerance));
    }
    assertClose("gradients", gradient, tolerance);
  }

  @Test
  void tenStepsOfAdamWAgree() {
    TrainingSettings settings =
        new TrainingSettings(
            new FixedSchedule(0.01), 0.1, 0.9, 0.999, 1e-6, 0.5, TrainingSettings.Optimizer.ADAMW);
    ComputationGraph graph = Graphs.create(MODEL, settings, 1);
    graph.params().assign(parameters(LAYOUT, DataType.FLOAT).reshape(graph.params().shape()));
    for (JsonNode loss : golden.get("losses")) {
      Graphs.fit(graph, batch());
      assertThat(graph.score()).isCloseTo(loss.asDouble(), within(FLOAT));
    }
    assertClose("trained", graph.params().reshape(graph.numParams()), 10 * FLOAT);
  }

  private static void assertClose(String what, INDArray actual, double tolerance) {
    JsonNode expected = golden.get(what);
    if (expected.isArray()) {
      assertClose(what, expected, actual, tolerance);
    } else {
      assertThat(expected.size()).isEqualTo(LAYOUT.parameters().size());
      for (ParameterLayout.Parameter parameter : LAYOUT.parameters()) {
        INDArray view = LAYOUT.view(actual, parameter.name());
        assertClose(what + " " + parameter.name(), expected.get(parameter.name()), view, tolerance);
      }
    }
  }

  static void assertClose(String what, JsonNode expected, INDArray actual, double tolerance) {
    double[] values = actual.dup('c').data().asDouble();
    assertThat(values).as(what).hasSize(expected.size());
    for (int i = 0; i < values.length; i++) {
      assertThat(values[i])
          .as("%s, element %d", what, i)
          .isCloseTo(expected.get(i).asDouble(), within(tolerance));
    }
  }
}
