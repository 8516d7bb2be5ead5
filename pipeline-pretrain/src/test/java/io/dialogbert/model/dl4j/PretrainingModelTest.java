package io.dialogbert.model.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.dialogbert.common.BadInputException;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.ModelFixtures;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.ParameterLayout;
import io.dialogbert.model.head.DataParallel;
import io.dialogbert.model.head.Head;
import io.dialogbert.model.head.Losses;
import io.dialogbert.model.head.ModelConfig;
import io.dialogbert.model.kernel.DropoutSeeds;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.schedule.FixedSchedule;

class PretrainingModelTest {
  private static final long SEED = ModelFixtures.SEED;
  private static final TrainingSettings SETTINGS =
      new TrainingSettings(
          new FixedSchedule(0.005), 0.01, 0.9, 0.999, 1e-6, 1, TrainingSettings.Optimizer.ADAMW);

  private static ComputationGraph graph(double dropout) {
    return Graphs.create(
        ModelFixtures.pretraining(ModelFixtures.tinyConfig(dropout)), SETTINGS, SEED);
  }

  private static PackedBatch batch() {
    return ModelFixtures.batch(ModelFixtures.tinyConfig(0), 2, SEED, 7, 3, 9, 1);
  }

  private static List<Double> lossCurve(ComputationGraph graph, int steps) {
    MultiDataSet data = ModelFixtures.dataSet(graph, batch());
    List<Double> losses = new ArrayList<>();
    for (int i = 0; i < steps; i++) {
      graph.fit(data);
      losses.add(graph.score());
    }
    return losses;
  }

  @Test
  void packedSequencesScoreAsEachAlone() {
    ComputationGraph graph = graph(0);
    PackedBatch batch = batch();
    Losses sum = Losses.ZERO;
    for (int b = 0; b < batch.numSequences(); b++) {
      sum = sum.plus(Graphs.score(graph, ModelFixtures.single(batch, b)));
    }
    Losses packed = Graphs.score(graph, batch);
    for (String loss : List.of("mlm_loss", "nsp_loss")) {
      assertThat(packed.mean(loss)).isCloseTo(sum.mean(loss), within(1e-5));
    }
    assertThat(packed.count("mlm_loss"))
        .isEqualTo(sum.count("mlm_loss"))
        .isEqualTo(ModelFixtures.masked(batch).rows().length);
    assertThat(packed.sums().get("mlm_accuracy")).isEqualTo(sum.sums().get("mlm_accuracy"));
    assertThat(packed.sums().get("nsp_accuracy")).isEqualTo(sum.sums().get("nsp_accuracy"));
  }

  @Test
  void buffersOfOtherBatchSizesLeaveNoTrace() {
    ComputationGraph graph = graph(0);
    PackedBatch larger =
        ModelFixtures.batch(ModelFixtures.tinyConfig(0), 2, SEED + 1, 9, 9, 8, 7, 9, 9);
    Losses first = Graphs.score(graph, batch());
    Graphs.score(graph, larger);
    assertThat(Graphs.score(graph, batch())).isEqualTo(first);
  }

  @Test
  void learnsEightSequencesByHeart() {
    EncoderConfig config = new EncoderConfig(32, 2, 4, 64, 40, 12, 2, 2, 0, 0, 0.02, 1e-12);
    ComputationGraph graph = Graphs.create(ModelFixtures.pretraining(config), SETTINGS, SEED);
    PackedBatch batch = ModelFixtures.batch(config, 2, SEED, 12, 5, 9, 7, 11, 6, 8, 10);
    double before = ModelFixtures.loss(graph, batch);
    MultiDataSet data = ModelFixtures.dataSet(graph, batch);
    for (int i = 0; i < 100; i++) {
      graph.fit(data);
    }
    Losses after = Graphs.score(graph, batch);
    assertThat(before).isGreaterThan(4);
    assertThat(ModelFixtures.loss(graph, batch)).as("tests.seed %d", SEED).isLessThan(0.1);
    assertThat(after.mean("mlm_accuracy")).isEqualTo(1);
    assertThat(after.mean("nsp_accuracy")).isEqualTo(1);
  }

  @Test
  void sameSeedGivesTheSameLossCurve() {
    assertThat(lossCurve(graph(0.2), 5)).isEqualTo(lossCurve(graph(0.2), 5));
  }

  @Test
  void anotherDropoutSeedGivesAnotherLossCurve() {
    ComputationGraph worker = graph(0.2);
    Graphs.setDropoutSeed(worker, SEED + 1);
    assertThat(lossCurve(worker, 2)).isNotEqualTo(lossCurve(graph(0.2), 2));
  }

  @Test
  void masksChangeFromStepToStep() {
    TrainingSettings still =
        new TrainingSettings(
            new FixedSchedule(0), 0, 0.9, 0.999, 1e-6, 1, TrainingSettings.Optimizer.ADAMW);
    ComputationGraph graph =
        Graphs.create(ModelFixtures.pretraining(ModelFixtures.tinyConfig(0.2)), still, SEED);
    List<Double> losses = lossCurve(graph, 2);
    assertThat(losses.get(0)).isNotEqualTo(losses.get(1));
  }

  @Test
  void lastTrainingScoreIsThatOfTheStepBeforeItsUpdate() {
    ComputationGraph graph = graph(0);
    Losses before = Graphs.score(graph, batch());
    graph.fit(ModelFixtures.dataSet(graph, batch()));
    assertThat(Graphs.lastLosses(graph)).isEqualTo(before);
    assertThat(graph.score()).isEqualTo(before.mean("mlm_loss") + before.mean("nsp_loss"));
  }

  /** The trainer's own step is that of DL4J's fit, to the last bit. */
  @Test
  void aStepOnAPackedBatchIsThatOfStockFit() {
    ComputationGraph stock = graph(0.2);
    ComputationGraph packed = graph(0.2);
    for (int step = 0; step < 5; step++) {
      stock.fit(ModelFixtures.dataSet(stock, batch()));
      assertThat(Graphs.fit(packed, batch())).isEqualTo(Graphs.lastLosses(stock));
      assertThat(packed.score()).isEqualTo(stock.score());
    }
    assertThat(packed.params()).isEqualTo(stock.params());
    assertThat(packed.getUpdater().getUpdaterStateViewArray())
        .isEqualTo(stock.getUpdater().getUpdaterStateViewArray());
    assertThat(packed.getIterationCount()).isEqualTo(stock.getIterationCount());
  }

  @Test
  void dl4jScoreIsTheLoss() {
    ComputationGraph graph = graph(0.2);
    assertThat(graph.score(ModelFixtures.dataSet(graph, batch()), false))
        .isEqualTo(ModelFixtures.loss(graph, batch()));
  }

  @Test
  void stockLoadGivesTheSameModelAndTrainsOnAlike(@TempDir Path directory) throws Exception {
    ComputationGraph graph = graph(0.2);
    lossCurve(graph, 3);
    File zip = directory.resolve("model.zip").toFile();
    ModelSerializer.writeModel(graph, zip, true);
    ComputationGraph loaded = ComputationGraph.load(zip, true);
    assertThat(Graphs.score(loaded, batch())).isEqualTo(Graphs.score(graph, batch()));
    assertThat(loaded.output(BatchArrays.features(batch()))[0])
        .isEqualTo(graph.output(BatchArrays.features(batch()))[0]);
    assertThat(Graphs.layout(loaded).hash()).isEqualTo(Graphs.layout(graph).hash());
    assertThat(lossCurve(loaded, 3)).isEqualTo(lossCurve(graph, 3));
  }

  @Test
  void configurationSurvivesJson() {
    ComputationGraphConfiguration configuration = graph(0.2).getConfiguration();
    assertThat(ComputationGraphConfiguration.fromJson(configuration.toJson()))
        .isEqualTo(configuration);
  }

  @Test
  void weightDecayTouchesMatricesOnly() {
    TrainingSettings settings =
        new TrainingSettings(
            new FixedSchedule(0.5), 0.1, 0.9, 0.999, 1e6, 1, TrainingSettings.Optimizer.ADAMW);
    ComputationGraph graph =
        Graphs.create(ModelFixtures.pretraining(ModelFixtures.tinyConfig(0)), settings, SEED);
    ParameterLayout layout = Graphs.layout(graph);
    float[] before = graph.params().dup().data().asFloat();
    graph.fit(ModelFixtures.dataSet(graph, batch()));
    // With this large epsilon, Adam's own step is negligible, and what decays keeps a share of 1 -
    // 0.5 * 0.1.
    float[] after = graph.params().dup().data().asFloat();
    for (ParameterLayout.Parameter parameter : layout.parameters()) {
      for (long i = parameter.offset(); i < parameter.offset() + parameter.length(); i++) {
        double kept = parameter.decayed() ? 0.95 : 1;
        assertThat((double) after[(int) i])
            .as(parameter.name())
            .isCloseTo(kept * before[(int) i], within(1e-6));
      }
    }
  }

  @Test
  void learnsMaskedTokensAloneWhereExamplesAreNoPairs() {
    ComputationGraph graph = graph(0);
    PackedBatch pairs = batch();
    PackedBatch noPairs = ModelFixtures.without(pairs, Head.NEXT_SENTENCE);
    Losses losses = Graphs.score(graph, noPairs);
    assertThat(losses.losses()).containsOnlyKeys("mlm_loss");
    assertThat(losses.mean("mlm_loss")).isEqualTo(Graphs.score(graph, pairs).mean("mlm_loss"));
    assertThat(losses.has("nsp_loss")).isFalse();
    assertThat(losses.sequences()).isEqualTo(4);

    graph.fit(ModelFixtures.dataSet(graph, noPairs));

    assertThat(graph.score()).isEqualTo(losses.mean("mlm_loss"));
    assertThat(Graphs.lastLosses(graph)).isEqualTo(losses);
  }

  @Test
  void leavesTheNextSentenceHeadAloneWhereExamplesAreNoPairs() {
    EncoderConfig config = ModelFixtures.tinyConfig(0);
    ModelConfig model = ModelFixtures.pretraining(config);
    ParameterLayout layout = model.layout();
    DataParallel network =
        ModelFixtures.networks(model, ModelFixtures.parameters(layout, DataType.DOUBLE, SEED));
    INDArray gradient = Nd4j.createUninitialized(DataType.DOUBLE, layout.length());
    // A batch with pairs comes first, so that there is a gradient that could be left over.
    network.gradient(batch(), 0, Integer.MAX_VALUE, DropoutSeeds.OFF, gradient);
    PackedBatch noPairs = ModelFixtures.without(batch(), Head.NEXT_SENTENCE);
    network.gradient(noPairs, 0, Integer.MAX_VALUE, DropoutSeeds.OFF, gradient);
    for (ParameterLayout.Parameter parameter : layout.parameters()) {
      boolean forPairs =
          parameter.name().startsWith("cls.seq_relationship")
              || parameter.name().startsWith("pooler");
      double size = layout.view(gradient, parameter.name()).norm2Number().doubleValue();
      assertThat(size == 0).as(parameter.name()).isEqualTo(forPairs);
    }
  }

  @Test
  void namesWhatDoesNotFitTheEncoder() {
    ComputationGraph graph = graph(0);
    int[] zeros = new int[10];
    assertThatThrownBy(() -> score(graph, new int[] {1, 13}, 0))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("token id 13 is outside 0..12");
    assertThatThrownBy(() -> score(graph, zeros, 0))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(
            "a sequence has 10 tokens, more than the encoder's max-position-embeddings = 9; ");
    assertThatThrownBy(() -> score(graph, new int[] {1}, 2))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("label 2 of head cls.seq_relationship is outside 0..1");
  }

  private static void score(ComputationGraph graph, int[] inputIds, int label) {
    Graphs.score(graph, new ModelFixtures.Sequences().add(inputIds, label).build());
  }

  @Test
  void stopsBeforeTheUpdateWhereTheLossIsNotFinite() {
    ComputationGraph graph = graph(0);
    Graphs.layout(graph)
        .view(graph.params().reshape(graph.numParams()), "cls.predictions.bias")
        .assign(Double.NaN);
    assertThatThrownBy(() -> graph.fit(ModelFixtures.dataSet(graph, batch())))
        .isInstanceOf(NonFiniteLossException.class)
        .hasMessageContaining("iteration 0")
        .hasMessageContaining("mlm_loss=NaN");
  }
}
