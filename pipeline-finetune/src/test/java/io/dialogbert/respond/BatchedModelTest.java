package io.dialogbert.respond;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.dialogbert.finetune.objective.ClassObjective;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.model.dl4j.InferenceModel;
import io.dialogbert.model.dl4j.TrainingSettings;
import io.dialogbert.model.head.Head;
import io.dialogbert.model.kernel.Precision;
import io.dialogbert.task.Layout;
import io.dialogbert.task.Layout.Sequence;
import io.dialogbert.task.TaskSpec;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.schedule.FixedSchedule;

class BatchedModelTest {
  private static final int VOCAB_SIZE = 40;
  private static final Layout LAYOUT = new Layout(16, 3, true);

  private static final TaskSpec SPEC =
      new TaskSpec(
          "moods",
          TaskSpec.Kind.TEXT_CLASSES,
          LAYOUT,
          List.of(new TaskSpec.ClassName("", "good"), new TaskSpec.ClassName("", "bad")),
          TaskSpec.Range.NONE);

  private final List<Integer> batchSizes = new CopyOnWriteArrayList<>();
  private final BatchedModel model =
      new BatchedModel(
          InferenceModel.of(
              Graphs.create(
                  ClassObjective.ofLabels(SPEC)
                      .model(
                          new EncoderConfig(8, 2, 2, 12, VOCAB_SIZE, 16, 2, 2, 0, 0, 0.5, 1e-12)),
                  new TrainingSettings(
                      new FixedSchedule(0.01),
                      0.01,
                      0.9,
                      0.999,
                      1e-6,
                      1,
                      TrainingSettings.Optimizer.ADAMW),
                  1),
              Precision.FLOAT32),
          Head.CLASSIFIER,
          batchSizes::add);

  @AfterEach
  void close() {
    model.close();
  }

  private static Deadline soon() {
    return Deadline.in(Duration.ofMinutes(1));
  }

  /** Sequences of different lengths and ids. */
  private static List<Sequence> sequences(int count) {
    return IntStream.range(0, count)
        .mapToObj(
            i -> LAYOUT.of(IntStream.range(0, 1 + i % 9).map(t -> 6 + (i + 5 * t) % 30).toArray()))
        .toList();
  }

  @Test
  void aCallersSequencesAreOneBatch() throws TooSlowException {
    for (int i = 0; i < 20; i++) {
      assertThat(model.outputs(sequences(50), soon())).hasNumberOfRows(50);
    }
    assertThat(batchSizes).hasSize(20).containsOnly(50);
  }

  @Test
  void manySequencesAreDividedAndKeepTheirOrder() throws TooSlowException {
    List<Sequence> sequences = sequences(150);
    float[][] together = model.outputs(sequences, soon());
    assertThat(batchSizes).containsExactly(64, 64, 22);
    for (int i = 0; i < together.length; i++) {
      assertThat(together[i])
          .containsExactly(model.outputs(List.of(sequences.get(i)), soon())[0], within(1e-5f));
    }
  }

  @Test
  void aFailureReachesItsCaller() throws TooSlowException {
    Sequence unknown = LAYOUT.of(new int[] {VOCAB_SIZE});
    assertThatThrownBy(() -> model.outputs(List.of(unknown), soon()))
        .hasMessageContaining("token id " + VOCAB_SIZE);
    assertThat(model.outputs(sequences(1), soon())).hasNumberOfRows(1);
  }

  @Test
  void aPassedDeadlineIsToldAtOnce() {
    assertThatThrownBy(() -> model.outputs(sequences(1), Deadline.in(Duration.ofSeconds(-1))))
        .isInstanceOf(TooSlowException.class);
  }
}
