package io.dialogbert.model.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.dialogbert.common.BadInputException;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.ModelFixtures;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.ParameterLayout;
import io.dialogbert.model.head.PretrainingNetwork;
import io.dialogbert.model.head.PretrainingScore;
import io.dialogbert.model.kernel.DropoutSeeds;
import io.dialogbert.model.kernel.Nd4jKernels;
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
    return PretrainingModel.create(ModelFixtures.tinyConfig(dropout), SETTINGS, SEED);
  }

  private static PackedBatch batch() {
    return ModelFixtures.batch(ModelFixtures.tinyConfig(0), 2, SEED, 7, 3, 9, 1);
  }

  private static List<Double> lossCurve(ComputationGraph graph, int steps) {
    MultiDataSet data = PretrainingModel.toDataSet(batch());
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
    PretrainingScore sum = PretrainingScore.ZERO;
    for (int b = 0; b < batch.numSequences(); b++) {
      sum = sum.plus(PretrainingModel.score(graph, ModelFixtures.single(batch, b)));
    }
    PretrainingScore packed = PretrainingModel.score(graph, batch);
    assertThat(packed.mlmLossSum()).isCloseTo(sum.mlmLossSum(), within(1e-4));
    assertThat(packed.nspLossSum()).isCloseTo(sum.nspLossSum(), within(1e-4));
    assertThat(packed.mlmCount()).isEqualTo(sum.mlmCount()).isEqualTo(batch.numMasked());
    assertThat(packed.mlmCorrect()).isEqualTo(sum.mlmCorrect());
    assertThat(packed.nspCorrect()).isEqualTo(sum.nspCorrect());
  }

  @Test
  void buffersOfOtherBatchSizesLeaveNoTrace() {
    ComputationGraph graph = graph(0);
    PackedBatch larger =
        ModelFixtures.batch(ModelFixtures.tinyConfig(0), 2, SEED + 1, 9, 9, 8, 7, 9, 9);
    PretrainingScore first = PretrainingModel.score(graph, batch());
    PretrainingModel.score(graph, larger);
    assertThat(PretrainingModel.score(graph, batch())).isEqualTo(first);
  }

  @Test
  void learnsEightSequencesByHeart() {
    EncoderConfig config = new EncoderConfig(32, 2, 4, 64, 40, 12, 2, 2, 0, 0, 0.02, 1e-12);
    ComputationGraph graph = PretrainingModel.create(config, SETTINGS, SEED);
    PackedBatch batch = ModelFixtures.batch(config, 2, SEED, 12, 5, 9, 7, 11, 6, 8, 10);
    double before = PretrainingModel.score(graph, batch).loss();
    MultiDataSet data = PretrainingModel.toDataSet(batch);
    for (int i = 0; i < 100; i++) {
      graph.fit(data);
    }
    PretrainingScore after = PretrainingModel.score(graph, batch);
    assertThat(before).isGreaterThan(4);
    assertThat(after.loss()).as("tests.seed %d", SEED).isLessThan(0.1);
    assertThat(after.mlmAccuracy()).isEqualTo(1);
    assertThat(after.nspAccuracy()).isEqualTo(1);
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
    ComputationGraph graph = PretrainingModel.create(ModelFixtures.tinyConfig(0.2), still, SEED);
    List<Double> losses = lossCurve(graph, 2);
    assertThat(losses.get(0)).isNotEqualTo(losses.get(1));
  }

  @Test
  void lastTrainingScoreIsThatOfTheStepBeforeItsUpdate() {
    ComputationGraph graph = graph(0);
    PretrainingScore before = PretrainingModel.score(graph, batch());
    graph.fit(PretrainingModel.toDataSet(batch()));
    assertThat(PretrainingModel.lastTrainingScore(graph)).isEqualTo(before);
    assertThat(graph.score()).isEqualTo(before.loss());
  }

  @Test
  void dl4jScoreIsTheLoss() {
    ComputationGraph graph = graph(0.2);
    assertThat(graph.score(PretrainingModel.toDataSet(batch()), false))
        .isEqualTo(PretrainingModel.score(graph, batch()).loss());
  }

  @Test
  void stockLoadGivesTheSameModelAndTrainsOnAlike(@TempDir Path directory) throws Exception {
    ComputationGraph graph = graph(0.2);
    lossCurve(graph, 3);
    File zip = directory.resolve("model.zip").toFile();
    ModelSerializer.writeModel(graph, zip, true);
    ComputationGraph loaded = ComputationGraph.load(zip, true);
    assertThat(PretrainingModel.score(loaded, batch()))
        .isEqualTo(PretrainingModel.score(graph, batch()));
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
    ComputationGraph graph = PretrainingModel.create(ModelFixtures.tinyConfig(0), settings, SEED);
    ParameterLayout layout = Graphs.layout(graph);
    float[] before = graph.params().dup().data().asFloat();
    graph.fit(PretrainingModel.toDataSet(batch()));
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
    PackedBatch noPairs = withoutLabels(pairs);
    PretrainingScore score = PretrainingModel.score(graph, noPairs);
    assertThat(score.losses()).containsOnlyKeys("mlm_loss");
    assertThat(score.loss())
        .isEqualTo(score.mlmLoss())
        .isEqualTo(PretrainingModel.score(graph, pairs).mlmLoss());
    assertThat(score.pairs()).isZero();
    assertThat(score.sequences()).isEqualTo(4);

    graph.fit(PretrainingModel.toDataSet(noPairs));

    assertThat(graph.score()).isEqualTo(score.loss());
    assertThat(PretrainingModel.lastTrainingScore(graph)).isEqualTo(score);
  }

  @Test
  void leavesTheNextSentenceHeadAloneWhereExamplesAreNoPairs() {
    EncoderConfig config = ModelFixtures.tinyConfig(0);
    ParameterLayout layout = ParameterLayout.pretraining(config);
    INDArray flat = ModelFixtures.parameters(layout, DataType.DOUBLE, SEED);
    PretrainingNetwork network =
        new PretrainingNetwork(config, flat, new Nd4jKernels(DataType.DOUBLE));
    INDArray gradient = Nd4j.createUninitialized(DataType.DOUBLE, layout.length());
    // A batch with pairs comes first, so that there is a gradient that could be left over.
    network.gradient(batch(), batch(), DropoutSeeds.OFF, gradient);
    PackedBatch noPairs = withoutLabels(batch());
    network.gradient(noPairs, noPairs, DropoutSeeds.OFF, gradient);
    for (ParameterLayout.Parameter parameter : layout.parameters()) {
      boolean forPairs =
          parameter.name().startsWith("cls.seq_relationship")
              || parameter.name().startsWith("pooler");
      double size = layout.view(gradient, parameter.name()).norm2Number().doubleValue();
      assertThat(size == 0).as(parameter.name()).isEqualTo(forPairs);
    }
  }

  @Test
  void refusesABatchOfWhichSomeArePairs() {
    int[] ids = {1, 2};
    int[] none = {};
    PackedBatch.Builder mixed =
        PackedBatch.builder()
            .addMasked(ids, ids, ids, none, none, 0)
            .addMasked(ids, ids, ids, none, none, -1);
    assertThatThrownBy(mixed::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("labels is 1 long, expected 2");
  }

  private static PackedBatch withoutLabels(PackedBatch batch) {
    return new PackedBatch(
        batch.inputIds(),
        batch.positionIds(),
        batch.segmentIds(),
        batch.turnIds(),
        batch.sequenceOffsets(),
        batch.maskedRows(),
        batch.maskedLmIds(),
        new int[0],
        PackedBatch.NO_TEACHER);
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
        .hasMessageContaining("label 2 is outside 0..1");
  }

  private static void score(ComputationGraph graph, int[] inputIds, int label) {
    int[] none = new int[inputIds.length];
    PretrainingModel.score(
        graph, PackedBatch.builder().addLabeled(inputIds, none, none, label).build());
  }

  @Test
  void stopsBeforeTheUpdateWhereTheLossIsNotFinite() {
    ComputationGraph graph = graph(0);
    Graphs.layout(graph)
        .view(graph.params().reshape(graph.numParams()), "cls.predictions.bias")
        .assign(Double.NaN);
    assertThatThrownBy(() -> graph.fit(PretrainingModel.toDataSet(batch())))
        .isInstanceOf(NonFiniteLossException.class)
        .hasMessageContaining("iteration 0")
        .hasMessageContaining("mlmLossSum=NaN");
  }
}
