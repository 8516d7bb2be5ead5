package io.dialogbert.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogbert.text.piece.SpecialTokens;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class ContextEncoderTest {
  private static final long SEED = Long.getLong("tests.seed", 20191029L);
  private static final int CLS = SpecialTokens.CLS;
  private static final int SEP = SpecialTokens.SEP;
  private static final int SEPT = SpecialTokens.SEPT;

  private static final List<int[]> TURNS =
      List.of(new int[] {11, 12, 13}, new int[] {21, 22}, new int[] {31, 32, 33, 34});

  @Test
  void laysOutOneTurn() {
    TaskExample example = new ContextEncoder(10, 3).encode("a", List.of(new int[] {11, 12, 13}), 7);
    assertThat(example.inputIds()).containsExactly(CLS, 11, 12, 13, SEP);
    assertThat(example.turnIds()).containsExactly(0, 0, 0, 0, 0);
    assertThat(example.segmentIds()).containsExactly(0, 0, 0, 0, 0);
    assertThat(example.label()).isEqualTo(7);
    assertThat(example.exampleId()).isEqualTo("a");
    assertThat(example.teacherLogits()).isEmpty();
  }

  @Test
  void laysOutTurnsWithSeparatorsThatBelongToTheTurnBefore() {
    TaskExample example = new ContextEncoder(20, 3).encode("a", TURNS, 0);
    assertThat(example.inputIds())
        .containsExactly(CLS, 11, 12, 13, SEPT, 21, 22, SEPT, 31, 32, 33, 34, SEP);
    assertThat(example.turnIds()).containsExactly(0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0);
    assertThat(example.segmentIds()).containsOnly(0).hasSize(13);
  }

  @Test
  void fillsTheLengthExactly() {
    assertThat(new ContextEncoder(13, 3).encode("a", TURNS, 0).inputIds())
        .containsExactly(CLS, 11, 12, 13, SEPT, 21, 22, SEPT, 31, 32, 33, 34, SEP);
  }

  @Test
  void keepsTheEndOfTheEarliestTurnThatFits() {
    TaskExample example = new ContextEncoder(12, 3).encode("a", TURNS, 0);
    assertThat(example.inputIds())
        .containsExactly(CLS, 12, 13, SEPT, 21, 22, SEPT, 31, 32, 33, 34, SEP);
    assertThat(example.turnIds()).containsExactly(0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0);
  }

  @Test
  void leavesATurnOutOfWhichOnlyTheSeparatorWouldFit() {
    assertThat(new ContextEncoder(10, 3).encode("a", TURNS, 0).inputIds())
        .containsExactly(CLS, 21, 22, SEPT, 31, 32, 33, 34, SEP);
  }

  @Test
  void keepsTheEndOfALastTurnThatIsTooLong() {
    assertThat(new ContextEncoder(5, 3).encode("a", TURNS, 0).inputIds())
        .containsExactly(CLS, 32, 33, 34, SEP);
  }

  @Test
  void keepsTheLastTurnsOnly() {
    TaskExample example = new ContextEncoder(20, 2).encode("a", TURNS, 0);
    assertThat(example.inputIds()).containsExactly(CLS, 21, 22, SEPT, 31, 32, 33, 34, SEP);
    assertThat(example.turnIds()).containsExactly(0, 0, 0, 0, 1, 1, 1, 1, 1);
  }

  @Test
  void refusesALengthWithoutRoomForAToken() {
    assertThatThrownBy(() -> new ContextEncoder(2, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a context needs at least 3 tokens and 1 turn, got 2 and 1");
    assertThatThrownBy(() -> new ContextEncoder(3, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a context needs at least 3 tokens and 1 turn, got 3 and 0");
  }

  @Test
  void endsWithTheLastTurnAndFitsWhateverTheTurns() {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int trial = 0; trial < 2000; trial++) {
      int maxLength = random.nextInt(3, 30);
      int maxTurns = random.nextInt(1, 5);
      List<int[]> turns = new ArrayList<>();
      int numTurns = random.nextInt(1, 6);
      for (int turn = 0; turn < numTurns; turn++) {
        turns.add(random.ints(random.nextInt(1, 12), 6, 100).toArray());
      }
      TaskExample example = new ContextEncoder(maxLength, maxTurns).encode("a", turns, 0);
      String what = "trial %d, repeat with -Dtests.seed=%d".formatted(trial, SEED);
      int[] ids = example.inputIds();
      assertThat(ids).as(what).hasSizeBetween(3, maxLength);
      assertThat(ids[0]).as(what).isEqualTo(CLS);
      assertThat(ids[ids.length - 1]).as(what).isEqualTo(SEP);
      assertThat(separators(ids)).as(what).isLessThan(maxTurns);
      // What is left out lies before what is kept.
      List<Integer> all = new ArrayList<>();
      for (int[] turn : turns) {
        IntStream.of(turn).forEach(all::add);
        all.add(SEPT);
      }
      all.set(all.size() - 1, SEP);
      List<Integer> kept = IntStream.of(ids).skip(1).boxed().toList();
      assertThat(all.subList(all.size() - kept.size(), all.size())).as(what).isEqualTo(kept);
      for (int i = 1; i < ids.length; i++) {
        int change = ids[i - 1] == SEPT ? 1 : 0;
        assertThat(example.turnIds()[i])
            .as("token %d, %s", i, what)
            .isEqualTo(example.turnIds()[i - 1] ^ change);
      }
    }
  }

  @Test
  void fillsTheRoomWhereThereIsMoreToSay() {
    TaskExample example =
        new ContextEncoder(48, 3).encode("a", List.of(new int[100], new int[20]), 0);
    assertThat(example.inputIds()).hasSize(48);
  }

  private static long separators(int[] ids) {
    return IntStream.of(ids).filter(id -> id == SEPT).count();
  }
}
