package io.dialogbert.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dialogbert.model.dl4j.FusedAdam;
import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.model.dl4j.TrainingSettings;
import io.dialogbert.model.head.Head;
import io.dialogbert.model.head.ModelConfig;
import io.dialogbert.model.kernel.FloatBits;
import io.dialogbert.model.kernel.Threads;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.schedule.FixedSchedule;

/** A step does not change parameters that get no gradient in it. */
class IdleParametersTest {
  private static final EncoderConfig CONFIG = ModelFixtures.tinyConfig(0.1);
  private static final ModelConfig MODEL = ModelFixtures.pretraining(CONFIG);
  private static final ParameterLayout LAYOUT = MODEL.layout();
  private static final long SEED = ModelFixtures.SEED;
  private static final FixedSchedule RATE = new FixedSchedule(0.01);

  private static boolean ofPairs(String name) {
    return name.startsWith("pooler.") || name.startsWith("cls.seq_relationship.");
  }

  private static boolean ofMasks(String name) {
    return name.startsWith("cls.predictions.");
  }

  @AfterEach
  void useOneThreadAgain() {
    Threads.use(1);
  }

  private static ComputationGraph graph(TrainingSettings.Optimizer optimizer) {
    // With this strong decay, affected parameters shrink by a tenth in 20 steps.
    TrainingSettings settings = new TrainingSettings(RATE, 0.5, 0.9, 0.999, 1e-6, 1, optimizer);
    ComputationGraph graph = Graphs.create(MODEL, settings, SEED);
    graph.setParams(ModelFixtures.parameters(LAYOUT, DataType.FLOAT, SEED).reshape(1, -1));
    return graph;
  }

  private static PackedBatch pairs() {
    return ModelFixtures.batch(CONFIG, 2, SEED, 7, 3, 9, 1, 4);
  }

  private static PackedBatch withoutPairs() {
    return ModelFixtures.without(pairs(), Head.NEXT_SENTENCE);
  }

  private static PackedBatch withoutMasks() {
    return ModelFixtures.without(pairs(), Head.MASKED_LM);
  }

  private static PackedBatch withNothingToLearn() {
    int[] ids = {1, 2, 3};
    PackedBatch.Builder builder = PackedBatch.builder();
    builder.add(ids, new int[3], new int[3]);
    return builder.build();
  }

  static void steps(ComputationGraph graph, PackedBatch batch, int count) {
    for (int i = 0; i < count; i++) {
      Graphs.fit(graph, batch);
    }
  }

  /** Values and both moments of each parameter. */
  private static List<float[]> state(ComputationGraph graph, ParameterLayout.Parameter parameter) {
    float[] params = graph.params().dup().data().asFloat();
    float[] updater = graph.getUpdater(true).getUpdaterStateViewArray().dup().data().asFloat();
    List<float[]> state = new ArrayList<>();
    int from = Math.toIntExact(parameter.offset());
    int length = Math.toIntExact(parameter.length());
    state.add(Arrays.copyOfRange(params, from, from + length));
    for (int moment = 0; moment < 2; moment++) {
      int at = moment * params.length + from;
      state.add(Arrays.copyOfRange(updater, at, at + length));
    }
    return state;
  }

  /** Steps on a batch change all but the given parameters, which stay equal to the last bit. */
  static void assertStill(ComputationGraph graph, PackedBatch batch, Predicate<String> still) {
    List<ParameterLayout.Parameter> parameters = List.copyOf(Graphs.layout(graph).parameters());
    List<List<float[]>> before = new ArrayList<>();
    parameters.forEach(parameter -> before.add(state(graph, parameter)));
    steps(graph, batch, 20);
    int i = 0;
    for (ParameterLayout.Parameter parameter : parameters) {
      List<float[]> old = before.get(i++);
      List<float[]> now = state(graph, parameter);
      for (int vector = 0; vector < 3; vector++) {
        assertThat(Arrays.equals(now.get(vector), old.get(vector)))
            .as("%s, vector %d, seed %d", parameter.name(), vector, SEED)
            .isEqualTo(still.test(parameter.name()));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(TrainingSettings.Optimizer.class)
  void theHeadOfPairsStaysWhereThereAreNone(TrainingSettings.Optimizer optimizer) {
    for (int threads = 1; threads <= 3; threads++) {
      Threads.use(threads);
      ComputationGraph graph = graph(optimizer);
      assertStill(graph, withoutPairs(), IdleParametersTest::ofPairs);
      // With momentum that would move it further, and in parts of two sequences.
      steps(graph, pairs(), 3);
      Graphs.setMaxSequences(graph, 2);
      assertStill(graph, withoutPairs(), IdleParametersTest::ofPairs);
      assertStill(graph, pairs(), name -> false);
    }
  }

  @ParameterizedTest
  @EnumSource(TrainingSettings.Optimizer.class)
  void theHeadOfMasksStaysWhereThereAreNone(TrainingSettings.Optimizer optimizer) {
    ComputationGraph graph = graph(optimizer);
    steps(graph, pairs(), 3);
    assertStill(graph, withoutMasks(), IdleParametersTest::ofMasks);
  }

  @Test
  void nothingMovesWhereThereIsNothingToLearn() {
    ComputationGraph graph = graph(TrainingSettings.Optimizer.ADAMW);
    steps(graph, pairs(), 3);
    assertStill(graph, withNothingToLearn(), name -> true);
  }

  /** As in BERT: a matrix that takes part in a step decays as a whole. */
  @Test
  void embeddingsOfTokensThatAreNotInTheBatchDecay() {
    ComputationGraph graph = graph(TrainingSettings.Optimizer.ADAMW);
    int[] ids = {1, 2, 3};
    PackedBatch batch = new ModelFixtures.Sequences().add(ids, 0).add(ids, 1).build();
    INDArray flat = graph.params().reshape(graph.numParams());
    double before = LAYOUT.view(flat, "embeddings.word_embeddings").getDouble(12, 0);
    steps(graph, batch, 1);
    assertThat(LAYOUT.view(flat, "embeddings.word_embeddings").getDouble(12, 0))
        .isCloseTo(before * (1 - 0.01 * 0.5), within(1e-6));
  }

  @Test
  void adamLeavesTheSamePlacesAloneWhoeverComputesIt() {
    int length = 3 * FloatBits.SIZE + 5;
    ParameterLayout.Parameter idle = new ParameterLayout.Parameter("idle", 7, List.of(100, 3));
    for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
      FusedAdam adam = new FusedAdam(RATE, 0.9, 0.99, 1e-6);
      INDArray state = Nd4j.create(type, 1, 2L * length);
      GradientUpdater<?> updater = adam.instantiate(state, true);
      updater.applyUpdater(Nd4j.ones(type, length), 0, 0);
      INDArray before = state.dup();
      adam.freeze(List.of(idle));
      INDArray update = Nd4j.ones(type, length);
      updater.applyUpdater(update, 1, 0);
      for (int i = 0; i < length; i++) {
        boolean still = i >= 7 && i < 307;
        assertThat(update.getDouble(i) == 0).as("update of %d", i).isEqualTo(still);
        for (long at : new long[] {i, length + i}) {
          assertThat(state.getDouble(at) == before.getDouble(at))
              .as("%s, moment %d", type, at)
              .isEqualTo(still);
        }
      }
      adam.freeze(List.of());
      updater.applyUpdater(update, 2, 0);
      assertThat(update.getDouble(7)).isNotZero();
    }
  }
}
