package io.dialogbert.finetune.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.finetune.objective.ScoreObjective;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.task.Layout;
import io.dialogbert.task.TaskExample;
import io.dialogbert.task.TaskSpec;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class FinetuneTaskTest {
  private static final TaskSpec SPEC =
      new TaskSpec(
          "made up",
          TaskSpec.Kind.PAIR_SCORES,
          new Layout(16, 3, true),
          List.of(),
          new TaskSpec.Range(0, 5));

  private static final List<TaskExample> PAIRS =
      IntStream.range(0, 200)
          .mapToObj(
              i ->
                  new TaskExample(
                      "pair-" + i, "ko", new int[] {11}, new int[] {22}, -1, 3, 0, new float[0]))
          .toList();

  /** Number of pairs whose first text comes second. */
  private static long numSwapped(boolean swapsPairs, long epoch) {
    PackedBatch batch =
        new FinetuneTask(null, new ScoreObjective(SPEC), swapsPairs).batch(PAIRS, i -> epoch);
    int[] ids = batch.inputIds();
    // [CLS] first [SEP] second [SEP]
    return IntStream.range(0, PAIRS.size()).filter(i -> ids[5 * i + 1] == 22).count();
  }

  @Test
  void showsPairsInEitherOrderAnewInEachEpoch() {
    assertThat(numSwapped(false, 1)).isZero();
    // Six standard deviations of a fair coin.
    assertThat(numSwapped(true, 1)).isBetween(58L, 142L).isEqualTo(numSwapped(true, 1));
    assertThat(List.of(numSwapped(true, 2), numSwapped(true, 3), numSwapped(true, 4)))
        .isNotEqualTo(List.of(numSwapped(true, 1), numSwapped(true, 1), numSwapped(true, 1)));
  }
}
