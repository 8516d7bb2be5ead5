package io.dialogbert.distill.student;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.Target;
import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.model.head.DataParallel;
import io.dialogbert.model.head.Head;
import io.dialogbert.model.head.ModelConfig;
import io.dialogbert.model.kernel.Kernels;
import io.dialogbert.model.kernel.Precision;
import java.util.List;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

final class RebuiltTest {
  private static final String OUT = "encoder.layer.1.output.dense.weight";
  private static final String CONTEXT = "encoder.layer.1.attention.output.dense.weight";

  private static ComputationGraph network() {
    return TinyNetworks.random(TinyNetworks.model(TinyNetworks.encoder(6, 2, 3, 7)));
  }

  private static INDArray flat(ComputationGraph graph) {
    return graph.params().reshape(graph.numParams());
  }

  private static PackedBatch batch() {
    PackedBatch.Builder batch = PackedBatch.builder();
    batch.add(new int[] {2, 7, 9, 3}, new int[4], new int[] {0, 0, 1, 1});
    batch.add(new int[] {2, 22, 3, 11, 12, 3}, new int[] {0, 0, 0, 1, 1, 1}, new int[6]);
    return batch.build().with(Head.CLASSIFIER, new Target.Classes(new int[] {1, 3}));
  }

  @Test
  void computesTheSameOfTheTokensThatAreLeftBitForBit() {
    ComputationGraph whole = network();
    int[] ids = IntStream.range(0, 23).filter(id -> id != 5 && id != 8 && id != 20).toArray();
    ComputationGraph small = Rebuilt.withTokens(whole, ids);
    assertThat(Graphs.encoderConfig(small).vocabSize()).isEqualTo(20);
    int[] before = {2, 9, 22, 3, 19};
    int[] after = {2, 7, 19, 3, 17};
    assertThat(outputs(small, after)).isEqualTo(outputs(whole, before));
  }

  private static float[][] outputs(ComputationGraph graph, int[] ids) {
    PackedBatch.Builder batch = PackedBatch.builder();
    batch.add(ids, new int[ids.length], new int[ids.length]);
    return Graphs.predict(graph, batch.build(), "tags");
  }

  @Test
  void keepsTheDecoderOfTheTokensThatAreLeft() {
    ModelConfig model =
        new ModelConfig(
            TinyNetworks.encoder(6, 1, 2, 7),
            List.of(Head.maskedLm(TinyNetworks.encoder(6, 1, 2, 7))),
            List.of());
    ComputationGraph whole = TinyNetworks.random(model);
    ComputationGraph small = Rebuilt.withTokens(whole, new int[] {0, 1, 2, 3, 4, 5, 9, 22});
    PackedBatch.Builder before = PackedBatch.builder();
    before.add(new int[] {2, 9, 22, 3}, new int[4], new int[4]);
    PackedBatch.Builder after = PackedBatch.builder();
    after.add(new int[] {2, 6, 7, 3}, new int[4], new int[4]);
    float[][] all = Graphs.predict(whole, before.build(), Head.MASKED_LM);
    float[][] left = Graphs.predict(small, after.build(), Head.MASKED_LM);
    for (int token = 0; token < 4; token++) {
      assertThat(left[token]).hasSize(8);
      assertThat(left[token][6]).isCloseTo(all[token][9], within(1e-5f));
      assertThat(left[token][7]).isCloseTo(all[token][22], within(1e-5f));
    }
  }

  @Test
  void dropsWhatMattersNothingAndComputesTheSame() {
    ComputationGraph whole = network();
    TinyNetworks.view(whole, CONTEXT)
        .get(NDArrayIndex.all(), NDArrayIndex.interval(2, 4))
        .assign(0);
    TinyNetworks.view(whole, "encoder.layer.0.attention.output.dense.weight")
        .get(NDArrayIndex.all(), NDArrayIndex.interval(4, 6))
        .assign(0);
    TinyNetworks.view(whole, OUT).getColumn(4).assign(0);
    TinyNetworks.view(whole, "encoder.layer.0.output.dense.weight").getColumn(0).assign(0);
    Importance scores = new Importance(Graphs.model(whole), flat(whole));
    scores.add(batch());
    List<int[]> heads = Importance.best(scores.heads(), 2);
    List<int[]> units = Importance.best(scores.units(), 6);
    assertThat(heads.get(0)).containsExactly(0, 1);
    assertThat(heads.get(1)).containsExactly(0, 2);
    assertThat(units.get(0)).containsExactly(1, 2, 3, 4, 5, 6);
    assertThat(units.get(1)).containsExactly(0, 1, 2, 3, 5, 6);
    ComputationGraph small = Rebuilt.withUnits(whole, heads, units, TinyNetworks.SETTINGS, 0);
    // Each layer loses rows of three maps, their biases, and columns of a fourth.
    assertThat(small.numParams())
        .isEqualTo(whole.numParams() - 2 * (4 * 2 * 6 + 3 * 2) - 2 * (2 * 6 + 1));
    for (String head : List.of(Head.CLASSIFIER, "tags", "relation", "vector")) {
      float[][] expected = TinyNetworks.outputs(whole, head);
      float[][] found = TinyNetworks.outputs(small, head);
      for (int i = 0; i < expected.length; i++) {
        assertThat(found[i]).containsExactly(expected[i], within(1e-5f));
      }
    }
  }

  @Test
  void scoresAreTheSlopesOfTheLoss() {
    ModelConfig model = TinyNetworks.model(TinyNetworks.encoder(6, 2, 3, 7));
    INDArray flat = flat(network()).castTo(DataType.DOUBLE);
    Importance scores = new Importance(model, flat);
    scores.add(batch());
    scores.add(batch());
    INDArray out = model.layout().view(flat, OUT);
    INDArray context = model.layout().view(flat, CONTEXT);
    for (int unit = 0; unit < 7; unit++) {
      assertThat(scores.units()[1][unit])
          .isCloseTo(2 * Math.abs(slope(model, flat, out.getColumn(unit))), within(1e-7));
    }
    for (int head = 0; head < 3; head++) {
      INDArray columns =
          context.get(NDArrayIndex.all(), NDArrayIndex.interval(2 * head, 2 * head + 2));
      assertThat(scores.heads()[1][head])
          .isGreaterThan(1e-6)
          .isCloseTo(2 * Math.abs(slope(model, flat, columns)), within(1e-7));
    }
  }

  /** The slope of the loss along a factor of some parameters. */
  private static double slope(ModelConfig model, INDArray flat, INDArray parameters) {
    double step = 1e-5;
    INDArray values = parameters.dup();
    parameters.assign(values.mul(1 + step));
    double above = loss(model, flat);
    parameters.assign(values.mul(1 - step));
    double below = loss(model, flat);
    parameters.assign(values);
    return (above - below) / (2 * step);
  }

  private static double loss(ModelConfig model, INDArray flat) {
    return model.loss(
        DataParallel.over(model, flat, () -> Kernels.create(DataType.DOUBLE, Precision.FLOAT32))
            .score(batch()),
        0);
  }
}
