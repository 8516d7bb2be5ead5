package io.dialogbert.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dialogbert.model.dl4j.FusedAdam;
import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.model.dl4j.TrainingSettings;
import io.dialogbert.model.dl4j.TrustRatioDecay;
import io.dialogbert.model.head.ModelConfig;
import io.dialogbert.model.kernel.FloatBits;
import io.dialogbert.model.kernel.Threads;
import java.util.SplittableRandom;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.schedule.FixedSchedule;

class OptimizerTest {
  /** More than one block, and a partial one. */
  private static final int LENGTH = 3 * FloatBits.SIZE + 5;

  private static final FixedSchedule RATE = new FixedSchedule(0.01);

  @AfterEach
  void useOneThreadAgain() {
    Threads.use(1);
  }

  @Test
  void fusedAdamIsDl4jsAdam() {
    Adam stock =
        Adam.builder().learningRateSchedule(RATE).beta1(0.9).beta2(0.99).epsilon(1e-6).build();
    FusedAdam fused = new FusedAdam(RATE, 0.9, 0.99, 1e-6);
    for (int threads = 1; threads <= 3; threads++) {
      Threads.use(threads);
      INDArray stockState = Nd4j.create(DataType.FLOAT, 1, 2L * LENGTH);
      INDArray fusedState = Nd4j.create(DataType.FLOAT, 1, 2L * LENGTH);
      GradientUpdater<?> expected = stock.instantiate(stockState, true);
      GradientUpdater<?> actual = fused.instantiate(fusedState, true);
      SplittableRandom random = new SplittableRandom(ModelFixtures.SEED);
      for (int step = 0; step < 5; step++) {
        INDArray gradient = Nd4j.create(DataType.FLOAT, 1, LENGTH);
        for (int i = 0; i < LENGTH; i++) {
          gradient.putScalar(i, random.nextGaussian() * Math.pow(10, -i % 8));
        }
        INDArray same = gradient.dup();
        expected.applyUpdater(gradient, step, 0);
        actual.applyUpdater(same, step, 0);
        assertThat(same.equalsWithEps(gradient, 1e-6)).as("update of step %d", step).isTrue();
        assertThat(fusedState.equalsWithEps(stockState, 1e-6)).as("state").isTrue();
      }
    }
  }

  @Test
  void trustRatioGivesEachMatrixAStepOfItsOwnNorm() {
    // By hand: parameter (3, 4) has norm 5; the update 0.1 (1, 2) plus decay 0.1 * 0.5 (3, 4) is
    // (0.25, 0.4), of norm 0.471699; LAMB's step has norm 0.1 * 5.
    INDArray parameter = Nd4j.createFromArray(new float[] {3, 4});
    INDArray update = Nd4j.createFromArray(new float[] {0.1f, 0.2f});
    new TrustRatioDecay(0.5).apply(parameter, update, 0.1, 0, 0);
    assertThat(update.getDouble(0)).isCloseTo(0.25 / 0.471699 * 0.5, within(1e-6));
    assertThat(update.getDouble(1)).isCloseTo(0.4 / 0.471699 * 0.5, within(1e-6));
    INDArray zero = Nd4j.createFromArray(new float[] {0, 0});
    INDArray plain = Nd4j.createFromArray(new float[] {0.1f, 0.2f});
    new TrustRatioDecay(0.5).apply(zero, plain, 0.1, 0, 0);
    assertThat(plain).isEqualTo(Nd4j.createFromArray(new float[] {0.1f, 0.2f}));
  }

  /** ELECTRA's rule, by hand for two layers; of weight decay, too. */
  @ParameterizedTest
  @EnumSource
  void layersNearTheInputLearnMoreSlowly(TrainingSettings.Optimizer optimizer) {
    EncoderConfig config = new EncoderConfig(32, 2, 4, 64, 40, 12, 2, 2, 0, 0, 0.02, 1e-12);
    TrainingSettings settings = new TrainingSettings(RATE, 0.5, 0.9, 0.999, 1e-6, 1, optimizer);
    ModelConfig model = ModelFixtures.pretraining(config);
    PackedBatch batch = ModelFixtures.batch(config, 2, 1, 12, 5, 9, 7);
    INDArray before = Graphs.create(model, settings, 1).params().dup();
    INDArray plain = step(Graphs.create(model, settings, 1), batch).sub(before);
    ComputationGraph graph = Graphs.create(model, settings.withLayerDecay(0.5), 1);
    assertThat(ComputationGraphConfiguration.fromJson(graph.getConfiguration().toJson()))
        .isEqualTo(graph.getConfiguration());
    INDArray decayed = step(graph, batch).sub(before);
    for (ParameterLayout.Parameter parameter : model.layout().parameters()) {
      String name = parameter.name();
      double share = 1;
      if (name.startsWith("embeddings.")) {
        share = 1 / 16.0;
      } else if (name.startsWith("encoder.layer.0.")) {
        share = 1 / 8.0;
      } else if (name.startsWith("encoder.layer.1.")) {
        share = 1 / 4.0;
      } else if (name.startsWith("pooler.")) {
        share = 1 / 2.0;
      }
      INDArray expected = model.layout().view(plain.reshape(plain.length()), name).mul(share);
      INDArray actual = model.layout().view(decayed.reshape(decayed.length()), name);
      assertThat(expected.norm2Number().doubleValue()).as(name).isPositive();
      assertThat(actual.distance2(expected) / expected.norm2Number().doubleValue())
          .as(name)
          .isLessThan(1e-4);
    }
  }

  private static INDArray step(ComputationGraph graph, PackedBatch batch) {
    Graphs.fit(graph, batch);
    return graph.params().dup();
  }

  @Test
  void aDecayOfOneIsNone() {
    ModelConfig model =
        ModelFixtures.pretraining(new EncoderConfig(32, 2, 4, 64, 40, 12, 2, 2, 0, 0, 0.02, 1e-12));
    TrainingSettings settings =
        new TrainingSettings(RATE, 0.5, 0.9, 0.999, 1e-6, 1, TrainingSettings.Optimizer.ADAMW);
    assertThat(Graphs.create(model, settings.withLayerDecay(1), 1).getConfiguration())
        .isEqualTo(Graphs.create(model, settings, 1).getConfiguration());
  }

  @Test
  void lambLearnsAndItsConfigurationSurvivesJson() {
    EncoderConfig config = new EncoderConfig(32, 2, 4, 64, 40, 12, 2, 2, 0, 0, 0.02, 1e-12);
    TrainingSettings settings =
        new TrainingSettings(RATE, 0.01, 0.9, 0.999, 1e-6, 1, TrainingSettings.Optimizer.LAMB);
    ComputationGraph graph = Graphs.create(ModelFixtures.pretraining(config), settings, 1);
    ComputationGraphConfiguration configuration = graph.getConfiguration();
    assertThat(ComputationGraphConfiguration.fromJson(configuration.toJson()))
        .isEqualTo(configuration);
    PackedBatch batch = ModelFixtures.batch(config, 2, 1, 12, 5, 9, 7, 11, 6, 8, 10);
    for (int i = 0; i < 150; i++) {
      Graphs.fit(graph, batch);
    }
    assertThat(graph.score()).isLessThan(0.5);
  }
}
