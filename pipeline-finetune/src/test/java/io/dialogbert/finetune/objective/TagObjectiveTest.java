package io.dialogbert.finetune.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.dialogbert.common.BadInputException;
import io.dialogbert.finetune.objective.TagObjective.Tagging;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.Target;
import io.dialogbert.model.head.ModelConfig;
import io.dialogbert.task.Layout;
import io.dialogbert.task.TaskExample;
import io.dialogbert.task.TaskSpec;
import io.dialogbert.task.tag.PiecePlaces;
import io.dialogbert.task.tag.TaggedText;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TagObjectiveTest {
  private static final TaskSpec SPEC =
      new TaskSpec(
          "made up",
          TaskSpec.Kind.TAGS,
          new Layout(5, 1, false),
          List.of(new TaskSpec.ClassName("", "person"), new TaskSpec.ClassName("", "place")),
          TaskSpec.Range.NONE);
  private static final TagObjective OBJECTIVE = new TagObjective(SPEC);

  /** Five characters, of which the second is a space, in three pieces; the first has no tag. */
  private static TaskExample text(String id, int... tags) {
    PiecePlaces places = new PiecePlaces(new int[] {0, 0, 2}, new int[] {0, 1, 5});
    return TaskExample.ofTags(id, "ko", new int[] {7, 8, 9}, new TaggedText(tags, places));
  }

  private static float[] favoring(int tag) {
    float[] logits = new float[5];
    logits[tag] = 2;
    return logits;
  }

  @Test
  void hasATargetForEachPieceThatIsReadAndHasATag() {
    TaskExample cut =
        TaskExample.ofTags(
            "long",
            "ko",
            new int[] {7, 8, 9, 10},
            new TaggedText(
                new int[] {0, 3, 4, 3},
                new PiecePlaces(new int[] {0, 1, 2, 3}, new int[] {1, 2, 3, 4})));
    PackedBatch batch = OBJECTIVE.batch(List.of(text("a", 1, -1, 3, 4, 4), cut), index -> 0);
    assertThat(batch.sequenceOffsets()).containsExactly(0, 5, 10);
    Target.TokenClasses target =
        batch.target(TagObjective.HEAD, Target.TokenClasses.class).orElseThrow();
    assertThat(target.rows()).containsExactly(2, 3, 6, 7, 8);
    assertThat(target.labels()).containsExactly(1, 3, 0, 3, 4);
    ModelConfig model = OBJECTIVE.model(new EncoderConfig(16, 2, 2, 24, 50, 16, 2, 2, 0, 0, 1, 1));
    assertThat(model.head(TagObjective.HEAD).outputs().size()).isEqualTo(5);
    assertThat(SPEC.outputs()).containsExactly("O", "B-person", "I-person", "B-place", "I-place");
  }

  @Test
  void comparesCharactersAfterDecoding() {
    // I of a place cannot follow B of a person; the next best tags are chosen.
    Tagging tagging =
        OBJECTIVE.tagging(
            text("a", 1, -1, 3, 4, 4), new float[][] {favoring(1), {0, 0, 0, 1.5f, 2}});
    assertThat(tagging.tags()).containsExactly(1, 3, 4, 4);
    assertThat(tagging.likeliest()).containsExactly(1, 4, 4, 4);
    assertThat(tagging.predicted()).containsExactly(1, 3, 4, 4);
    assertThat(tagging.pieces()).isEqualTo(2);
    assertThat(tagging.hits()).isEqualTo(1);
    double first = Math.log(Math.exp(2) + 4) - 2;
    double second = Math.log(3 + Math.exp(1.5) + Math.exp(2)) - 1.5;
    assertThat(tagging.loss()).isCloseTo(first + second, within(1e-6));
    Map<String, Double> figures = OBJECTIVE.figures(List.of(tagging));
    assertThat(figures)
        .containsEntry("entity_f1", 1.0)
        .containsEntry("undecoded_entity_f1_strict", 2.0 / 3)
        .containsEntry("undecoded_entity_f1_lenient", 1.0)
        .containsEntry("character_f1_klue_script", 1.0)
        .containsEntry("tag_accuracy", 0.5);
    assertThat(figures.get("loss")).isCloseTo((first + second) / 2, within(1e-6));
  }

  @Test
  void missesWhatPiecesCannotSay() {
    // The entity is a part of the last piece.
    Tagging tagging =
        OBJECTIVE.tagging(text("a", 0, -1, 1, 2, 0), new float[][] {favoring(0), favoring(1)});
    assertThat(tagging.hits()).isEqualTo(2);
    assertThat(tagging.predicted()).containsExactly(0, 1, 2, 2);
    assertThat(OBJECTIVE.figures(List.of(tagging)))
        .containsEntry("tag_accuracy", 1.0)
        .containsEntry("entity_recall", 0.0);
  }

  @Test
  void drawsTextsAnewAndComparesNetworks() {
    Tagging right =
        OBJECTIVE.tagging(text("a", 1, -1, 0, 0, 0), new float[][] {favoring(1), favoring(0)});
    Tagging wrong =
        OBJECTIVE.tagging(text("a", 1, -1, 0, 0, 0), new float[][] {favoring(0), favoring(0)});
    assertThat(OBJECTIVE.agreement(List.of(right), List.of(wrong))).isEqualTo(0.75);
    assertThat(OBJECTIVE.resampler(List.of(right, right)).apply(new SplittableRandom(1)))
        .isEqualTo(OBJECTIVE.figures(List.of(right, right)));
    assertThat(OBJECTIVE.figures(List.of())).containsEntry("entity_f1", 0.0);
  }

  @Test
  void refusesExamplesOfOtherTasks() {
    TaskExample other = TaskExample.ofText("b-1", "ko", new int[] {7}, 1);
    assertThatThrownBy(() -> OBJECTIVE.batch(List.of(other), index -> 0))
        .isInstanceOf(BadInputException.class)
        .hasMessage("example b-1 has no tags");
  }
}
