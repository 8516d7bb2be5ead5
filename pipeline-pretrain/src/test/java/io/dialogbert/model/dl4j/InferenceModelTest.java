package io.dialogbert.model.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.ModelFixtures;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.head.Head;
import io.dialogbert.model.head.ModelConfig;
import io.dialogbert.model.kernel.Precision;
import io.dialogbert.model.kernel.Threads;
import java.util.List;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.schedule.FixedSchedule;

class InferenceModelTest {
  private static final TrainingSettings SETTINGS =
      new TrainingSettings(
          new FixedSchedule(0.01), 0, 0.9, 0.999, 1e-6, 1, TrainingSettings.Optimizer.ADAMW);

  private final EncoderConfig config = ModelFixtures.tinyConfig(0.3);
  private final ComputationGraph graph =
      Graphs.create(ModelFixtures.pretraining(config), SETTINGS, ModelFixtures.SEED);
  private final PackedBatch batch =
      ModelFixtures.batch(config, 2, ModelFixtures.SEED, 7, 3, 9, 1, 4);

  @AfterEach
  void useOneThreadAgain() {
    Threads.use(1);
  }

  @Test
  void predictsWhatTheGraphPutsOut() {
    float[][] expected = graph.output(BatchArrays.features(batch))[0].toFloatMatrix();
    InferenceModel model = InferenceModel.of(graph, Precision.FLOAT32);
    for (int threads = 1; threads <= 3; threads++) {
      Threads.use(threads);
      assertClose(model.predict(batch, Head.NEXT_SENTENCE), expected);
    }
  }

  @Test
  void embedsEachSequenceByItself() {
    InferenceModel model = InferenceModel.of(graph, Precision.FLOAT32);
    float[][] together = model.embed(batch);
    assertThat(together).hasDimensions(5, config.hiddenSize());
    for (int b = 0; b < together.length; b++) {
      assertClose(model.embed(ModelFixtures.single(batch, b)), new float[][] {together[b]});
    }
  }

  @Test
  void asksLayersInOnePass() {
    List<Head> heads =
        List.of(Head.states("middle", 1, 0), Head.states("last", 2, 0), Head.qkv("qkv", 1));
    ComputationGraph other =
        Graphs.create(new ModelConfig(config, heads, List.of()), SETTINGS, ModelFixtures.SEED + 1);
    Graphs.copyEncoder(graph, other);
    InferenceModel model = InferenceModel.of(graph, heads, Precision.FLOAT32);
    for (int threads = 1; threads <= 3; threads++) {
      Threads.use(threads);
      List<String> names = List.of("qkv", "middle", "last");
      List<float[][]> states = model.predict(batch, names);
      for (int i = 0; i < names.size(); i++) {
        assertClose(states.get(i), Graphs.predict(other, batch, names.get(i)));
      }
    }
  }

  @Test
  void noRowsGiveNoOutputs() {
    assertThat(
            InferenceModel.of(graph, Precision.FLOAT32).predict(batch, Head.MASKED_LM, new int[0]))
        .isEmpty();
    assertThat(
            InferenceModel.of(graph, Precision.FLOAT32)
                .predict(batch, Head.MASKED_LM, new int[] {2}))
        .hasDimensions(1, config.vocabSize());
  }

  @Test
  void laterTrainingDoesNotReachIt() {
    InferenceModel model = InferenceModel.of(graph, Precision.FLOAT32);
    float[][] before = model.predict(batch, Head.NEXT_SENTENCE);
    Graphs.fit(graph, batch);
    assertThat(model.predict(batch, Head.NEXT_SENTENCE)).isDeepEqualTo(before);
    assertThat(InferenceModel.of(graph, Precision.FLOAT32).predict(batch, Head.NEXT_SENTENCE)[0][0])
        .isNotEqualTo(before[0][0]);
  }

  private static void assertClose(float[][] actual, float[][] expected) {
    assertThat(actual).hasSameDimensionsAs(expected);
    IntStream.range(0, expected.length)
        .forEach(b -> assertThat(actual[b]).containsExactly(expected[b], within(1e-6f)));
  }
}
