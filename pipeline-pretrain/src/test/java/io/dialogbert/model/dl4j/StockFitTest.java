package io.dialogbert.model.dl4j;

import static io.dialogbert.model.HeadFixtures.Kind.ALL_TOKENS;
import static io.dialogbert.model.HeadFixtures.Kind.CLASS;
import static io.dialogbert.model.HeadFixtures.Kind.GROUP;
import static io.dialogbert.model.HeadFixtures.Kind.PAIRS;
import static io.dialogbert.model.HeadFixtures.Kind.SCORE;
import static io.dialogbert.model.HeadFixtures.Kind.SOFT;
import static io.dialogbert.model.HeadFixtures.Kind.SOFT_OUTPUTS;
import static io.dialogbert.model.HeadFixtures.Kind.SOME_TOKENS;
import static io.dialogbert.model.HeadFixtures.Kind.SPAN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.HeadFixtures;
import io.dialogbert.model.HeadFixtures.Task;
import io.dialogbert.model.ModelFixtures;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.head.Head;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.schedule.FixedSchedule;

/** Stock DL4J trains heads from padded arrays as this project's step does from packed batches. */
class StockFitTest {
  private static final EncoderConfig CONFIG = ModelFixtures.tinyConfig(0.2);
  private static final Task TAGS = Task.linear("tags", Head.Pooling.TOKENS, true, SOME_TOKENS);
  private static final Task RATING =
      Task.linear("rating", Head.Pooling.MEAN, true, SCORE, SOFT_OUTPUTS);
  private static final Task ANSWER = Task.linear("answer", Head.Pooling.TOKENS, false, SPAN);
  private static final Task MOOD = Task.linear("mood", Head.Pooling.FIRST, true, SOFT, CLASS);
  private static final List<Task> ALL =
      List.of(Task.decoder(CONFIG, SOME_TOKENS), TAGS, RATING, ANSWER, MOOD);

  private static ComputationGraph graph(List<Task> tasks) {
    TrainingSettings settings =
        new TrainingSettings(
            new FixedSchedule(0.01), 0.01, 0.9, 0.999, 1e-6, 1, TrainingSettings.Optimizer.ADAMW);
    return Graphs.create(HeadFixtures.model(CONFIG, tasks), settings, ModelFixtures.SEED);
  }

  /** Tasks of a network, and those of them that the batch teaches. */
  private static Stream<Arguments> tasks() {
    return Stream.of(
        Arguments.of("token classes", List.of(TAGS), List.of(TAGS)),
        Arguments.of(
            "a class for every token",
            List.of(Task.linear("tags", Head.Pooling.TOKENS, true, ALL_TOKENS)),
            List.of(Task.linear("tags", Head.Pooling.TOKENS, true, ALL_TOKENS))),
        Arguments.of("scores and a teacher's", List.of(RATING), List.of(RATING)),
        Arguments.of("spans", List.of(ANSWER), List.of(ANSWER)),
        Arguments.of("soft classes and classes", List.of(MOOD), List.of(MOOD)),
        Arguments.of(
            "soft classes of plain rows",
            List.of(Task.plain("vector", Head.Pooling.MEAN, SOFT)),
            List.of(Task.plain("vector", Head.Pooling.MEAN, SOFT))),
        Arguments.of("all of them", ALL, ALL),
        Arguments.of("scores among all", ALL, List.of(RATING)),
        Arguments.of("spans and soft classes among all", ALL, List.of(ANSWER, MOOD)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("tasks")
  void aStepOnAPackedBatchIsThatOfStockFit(String name, List<Task> tasks, List<Task> taught) {
    PackedBatch batch = HeadFixtures.batch(CONFIG, taught);
    ComputationGraph stock = graph(tasks);
    ComputationGraph packed = graph(tasks);
    MultiDataSet data = BatchArrays.toDataSet(Graphs.model(stock), batch);
    for (int step = 0; step < 3; step++) {
      stock.fit(data);
      assertThat(Graphs.fit(packed, batch)).isEqualTo(Graphs.lastLosses(stock));
      assertThat(packed.score()).isEqualTo(stock.score());
    }
    assertThat(packed.params()).isEqualTo(stock.params());
    assertThat(packed.getUpdater().getUpdaterStateViewArray())
        .isEqualTo(stock.getUpdater().getUpdaterStateViewArray());
  }

  @Test
  void namesWhatTheArraysCannotHold() {
    Task relation = Task.linear("relation", Head.Pooling.MARKED, true, CLASS);
    assertThatThrownBy(() -> toDataSet(relation))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the padded arrays have no place for marked tokens; train on packed batches");
    assertThatThrownBy(() -> toDataSet(Task.plain("vector", Head.Pooling.MEAN, PAIRS)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("vector_PAIRS_loss compares sequences of a batch, which DL4J may divide");
    assertThatThrownBy(() -> toDataSet(Task.linear("choice", Head.Pooling.MEAN, true, GROUP)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("choice_GROUP_loss compares sequences of a batch, which DL4J may divide");
  }

  private static MultiDataSet toDataSet(Task task) {
    return BatchArrays.toDataSet(
        HeadFixtures.model(CONFIG, List.of(task)), HeadFixtures.batch(CONFIG, List.of(task)));
  }
}
