package io.dialogbert.distill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogbert.common.BadInputException;
import io.dialogbert.finetune.objective.Objective;
import io.dialogbert.finetune.objective.ObjectiveConfig;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.Target;
import io.dialogbert.model.head.ClassSet;
import io.dialogbert.model.head.CosineLoss;
import io.dialogbert.model.head.Head;
import io.dialogbert.model.head.InBatchLoss;
import io.dialogbert.model.head.Loss;
import io.dialogbert.model.head.ModelConfig;
import io.dialogbert.model.head.Weight;
import io.dialogbert.task.Layout;
import io.dialogbert.task.TaskExample;
import io.dialogbert.task.TaskSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TaughtObjectiveTest {
  private static final EncoderConfig ENCODER =
      new EncoderConfig(4, 1, 1, 8, 50, 12, 2, 2, 0, 0, 0.02, 1e-12);

  private static TaskSpec spec(TaskSpec.Kind kind) {
    return new TaskSpec(
        "made-up",
        kind,
        new Layout(12, 3, true),
        kind.hasClasses()
            ? List.of(new TaskSpec.ClassName("", "no"), new TaskSpec.ClassName("", "yes"))
            : List.of(),
        kind == TaskSpec.Kind.PAIR_SCORES ? new TaskSpec.Range(0, 5) : TaskSpec.Range.NONE);
  }

  private static TaughtObjective<?> taught(
      TaskSpec.Kind kind, Head head, Loss own, DistillationLoss loss, boolean translations) {
    Objective<?> task =
        ObjectiveConfig.ofModel(spec(kind), new ModelConfig(ENCODER, List.of(head), List.of(own)));
    return new TaughtObjective<>(task, head.name(), loss, translations);
  }

  private static TaughtObjective<?> ofVectors(boolean translations) {
    return taught(
        TaskSpec.Kind.PAIR_SCORES,
        Head.meanVector("vector"),
        new CosineLoss("", "vector", Weight.constant(3)),
        weights(0.25, 0.75),
        translations);
  }

  private static DistillationLoss weights(double hard, double soft) {
    return new DistillationLoss(Weight.constant(hard), Weight.constant(soft), 2);
  }

  private static TaskExample pair(float... outputs) {
    return new TaskExample("a-1", "ko", new int[] {7}, new int[] {8, 9}, -1, 5, 1, outputs);
  }

  @Test
  void teachesEachTextTheVectorOfItsOwnOrOfTheTextThatItTranslates() {
    TaskExample pair = pair(1, 2, 3, 4, 5, 6, 7, 8);
    PackedBatch own = ofVectors(false).batch(List.of(pair), i -> 0);
    assertThat(own.target("vector", Target.SoftOutputs.class).orElseThrow().outputs())
        .isDeepEqualTo(new float[][] {{1, 2, 3, 4}, {5, 6, 7, 8}});
    PackedBatch translated = ofVectors(true).batch(List.of(pair), i -> 0);
    assertThat(translated.target("vector", Target.SoftOutputs.class).orElseThrow().outputs())
        .isDeepEqualTo(new float[][] {{1, 2, 3, 4}, {1, 2, 3, 4}});
  }

  /** Negatives have no teacher, and come last. */
  @Test
  void teachesNegativesNothing() {
    TaughtObjective<?> replies =
        taught(
            TaskSpec.Kind.REPLIES,
            Head.meanVector("vector"),
            new InBatchLoss("", "vector", Weight.ONE, 20),
            weights(1, 1),
            false);
    TaskExample pair = pair(1, 2, 3, 4, 5, 6, 7, 8).withNegative(new int[] {11}, 2);
    PackedBatch batch = replies.batch(List.of(pair), i -> 0);
    assertThat(batch.numSequences()).isEqualTo(3);
    assertThat(batch.target("vector", Target.SoftOutputs.class).orElseThrow().outputs())
        .hasDimensions(2, 4);
  }

  /** The weights are the student's, whatever those of the teacher were. */
  @Test
  void weighsTheTasksOwnLossAndTheTeacher() {
    List<Loss> losses = ofVectors(false).model(ENCODER).losses();
    assertThat(losses.stream().map(Loss::lossName)).containsExactly("loss", "soft_loss");
    assertThat(losses.stream().map(Loss::weight))
        .containsExactly(Weight.constant(0.25), Weight.constant(0.75));
  }

  @Test
  void asksNoTeacherForASoftWeightOf0() {
    TaughtObjective<?> alone =
        taught(
            TaskSpec.Kind.TEXT_CLASSES,
            Head.classifier("classifier", ClassSet.unnamed("made-up", 2)),
            new CosineLoss("", "classifier", Weight.ONE),
            weights(1, 0),
            false);
    assertThat(alone.model(ENCODER)).isEqualTo(alone.task().model(ENCODER));
    PackedBatch batch =
        alone.batch(List.of(TaskExample.ofText("a-1", "ko", new int[] {7}, 1)), i -> 0);
    assertThat(batch.targets().get("classifier")).hasSize(1);
  }

  @Test
  void namesAnExampleWithoutAnAnswer() {
    assertThatThrownBy(() -> ofVectors(false).batch(List.of(pair()), i -> 0))
        .isInstanceOf(BadInputException.class)
        .hasMessage("example a-1 must have a teacher's answer");
  }
}
