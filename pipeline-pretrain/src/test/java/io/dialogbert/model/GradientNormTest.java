package io.dialogbert.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.model.dl4j.L2Norm;
import io.dialogbert.model.dl4j.TrainingSettings;
import io.dialogbert.model.head.ModelConfig;
import io.dialogbert.model.kernel.DropoutSeeds;
import io.dialogbert.model.kernel.FloatBits;
import io.dialogbert.model.kernel.Threads;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.schedule.FixedSchedule;

class GradientNormTest {
  private static final EncoderConfig CONFIG = ModelFixtures.tinyConfig(0);
  private static final ModelConfig MODEL = ModelFixtures.pretraining(CONFIG);

  @AfterEach
  void useOneThreadAgain() {
    Threads.use(1);
  }

  private static double norm(INDArray vector) {
    double sum = 0;
    for (long i = 0; i < vector.length(); i++) {
      sum += vector.getDouble(i) * vector.getDouble(i);
    }
    return Math.sqrt(sum);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void isThatOfTheWholeGradientBeforeClipping(int threads) {
    double limit = 0.01;
    TrainingSettings clipping =
        new TrainingSettings(
            new FixedSchedule(0.01), 0, 0.9, 0.999, 1e-6, limit, TrainingSettings.Optimizer.ADAMW);
    ComputationGraph graph = Graphs.create(MODEL, clipping, ModelFixtures.SEED);
    PackedBatch batch = ModelFixtures.batch(CONFIG, 2, ModelFixtures.SEED, 7, 3, 9, 1, 4);
    Threads.use(threads);
    for (int step = 0; step < 3; step++) {
      INDArray params = graph.params().castTo(DataType.DOUBLE);
      INDArray gradient = ModelFixtures.gradient(MODEL, DataType.DOUBLE);
      ModelFixtures.networks(MODEL, params.reshape(params.length()))
          .gradient(batch, step, Integer.MAX_VALUE, DropoutSeeds.OFF, gradient);
      Graphs.fit(graph, batch);
      assertThat(Graphs.lastGradientNorm(graph))
          .as("step %d, seed %d", step, ModelFixtures.SEED)
          .isGreaterThan(10 * limit)
          .isCloseTo(norm(gradient), within(1e-4));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void countsEveryElementOnce(int threads) {
    INDArray vector = Nd4j.create(DataType.FLOAT, 3 * FloatBits.SIZE + 5);
    for (int i = 0; i < vector.length(); i++) {
      vector.putScalar(i, Math.sqrt(i));
    }
    Threads.use(threads);
    assertThat(L2Norm.of(vector)).isCloseTo(norm(vector), within(1e-3));
  }
}
