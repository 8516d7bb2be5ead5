package io.dialogbert.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dialogbert.text.piece.SpecialTokens;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class LayoutTest {
  private static final long SEED = Long.getLong("tests.seed", 20191029L);
  private static final int CLS = SpecialTokens.CLS;
  private static final int SEP = SpecialTokens.SEP;
  private static final int SEPT = SpecialTokens.SEPT;

  /** Three turns. */
  private static final int[] CONTEXT = {11, 12, 13, SEPT, 21, 22, SEPT, 31, 32, 33, 34};

  private static Layout context(int maxSequenceLength, int maxTurns) {
    return new Layout(maxSequenceLength, maxTurns, true);
  }

  @Test
  void laysOutOneTurn() {
    Layout.Sequence sequence = context(10, 3).of(new int[] {11, 12, 13});
    assertThat(sequence.inputIds()).containsExactly(CLS, 11, 12, 13, SEP);
    assertThat(sequence.turnIds()).containsExactly(0, 0, 0, 0, 0);
    assertThat(sequence.segmentIds()).containsExactly(0, 0, 0, 0, 0);
  }

  @Test
  void marksTheTokensThatBothTextsOfAPairHave() {
    Layout layout = new Layout(20, 1, false, true);
    Layout.Sequence pair = layout.of(new int[] {11, 12, 13, 12}, new int[] {12, 14, 11});
    assertThat(pair.inputIds()).containsExactly(CLS, 11, 12, 13, 12, SEP, 12, 14, 11, SEP);
    assertThat(pair.segmentIds()).containsExactly(0, 0, 0, 0, 0, 0, 1, 1, 1, 1);
    assertThat(pair.turnIds()).containsExactly(0, 1, 1, 0, 1, 0, 1, 0, 1, 0);
    // A token that was cut away is not shared.
    assertThat(new Layout(5, 1, false, true).of(new int[] {11, 12}, new int[] {13, 12}).turnIds())
        .containsOnly(0);
    assertThat(layout.of(new int[] {11, 12, 11}).turnIds()).containsOnly(0);
  }

  @Test
  void readsALayoutThatDoesNotSayWhetherSharedTokensAreMarked() throws JsonProcessingException {
    String json = "{\"max_sequence_length\": 20, \"max_turns\": 1, \"keeps_end\": false}";
    assertThat(new ObjectMapper().readValue(json, Layout.class))
        .isEqualTo(new Layout(20, 1, false));
  }

  @Test
  void laysOutTurnsWithSeparatorsThatBelongToTheTurnBefore() {
    for (int length : new int[] {20, 13}) {
      Layout.Sequence sequence = context(length, 3).of(CONTEXT);
      assertThat(sequence.inputIds())
          .containsExactly(CLS, 11, 12, 13, SEPT, 21, 22, SEPT, 31, 32, 33, 34, SEP);
      assertThat(sequence.turnIds()).containsExactly(0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0);
      assertThat(sequence.segmentIds()).containsOnly(0).hasSize(13);
    }
  }

  @Test
  void keepsTheEndOfTheEarliestTurnThatFits() {
    Layout.Sequence sequence = context(12, 3).of(CONTEXT);
    assertThat(sequence.inputIds())
        .containsExactly(CLS, 12, 13, SEPT, 21, 22, SEPT, 31, 32, 33, 34, SEP);
    assertThat(sequence.turnIds()).containsExactly(0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0);
  }

  @Test
  void leavesATurnOutOfWhichOnlyTheSeparatorWouldFit() {
    assertThat(context(10, 3).of(CONTEXT).inputIds())
        .containsExactly(CLS, 21, 22, SEPT, 31, 32, 33, 34, SEP);
  }

  @Test
  void keepsTheEndOfALastTurnThatIsTooLong() {
    assertThat(context(5, 3).of(CONTEXT).inputIds()).containsExactly(CLS, 32, 33, 34, SEP);
  }

  @Test
  void keepsTheBeginningOfATextThatIsNoContext() {
    assertThat(new Layout(5, 1, false).of(new int[] {11, 12, 13, 14}).inputIds())
        .containsExactly(CLS, 11, 12, 13, SEP);
  }

  @Test
  void keepsTheLastTurnsOnly() {
    Layout.Sequence sequence = context(20, 3).withMaxTurns(2).of(CONTEXT);
    assertThat(sequence.inputIds()).containsExactly(CLS, 21, 22, SEPT, 31, 32, 33, 34, SEP);
    assertThat(sequence.turnIds()).containsExactly(0, 0, 0, 0, 1, 1, 1, 1, 1);
  }

  @Test
  void laysOutAPairWhoseSecondTextIsTheNextTurn() {
    Layout.Sequence sequence = context(20, 3).of(new int[] {11, SEPT, 21}, new int[] {31, 32});
    assertThat(sequence.inputIds()).containsExactly(CLS, 11, SEPT, 21, SEP, 31, 32, SEP);
    assertThat(sequence.segmentIds()).containsExactly(0, 0, 0, 0, 0, 1, 1, 1);
    assertThat(sequence.turnIds()).containsExactly(0, 0, 0, 1, 1, 0, 0, 0);
  }

  @Test
  void cutsTheLongerTextOfAPairFirst() {
    int[] long1 = IntStream.range(100, 120).toArray();
    int[] long2 = IntStream.range(200, 220).toArray();
    int[] short2 = {201, 202};
    Layout layout = new Layout(11, 1, false);
    assertThat(layout.of(long1, short2).inputIds())
        .containsExactly(CLS, 100, 101, 102, 103, 104, 105, SEP, 201, 202, SEP);
    assertThat(layout.of(short2, long1).inputIds())
        .containsExactly(CLS, 201, 202, SEP, 100, 101, 102, 103, 104, 105, SEP);
    assertThat(layout.of(long1, long2).inputIds())
        .containsExactly(CLS, 100, 101, 102, 103, SEP, 200, 201, 202, 203, SEP);
  }

  @Test
  void refusesALengthWithoutRoomForAPair() {
    assertThatThrownBy(() -> context(4, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a layout needs at least 5 tokens and 1 turn, got 4 and 1");
    assertThatThrownBy(() -> context(5, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a layout needs at least 5 tokens and 1 turn, got 5 and 0");
  }

  @Test
  void endsWithTheLastTurnAndFitsWhateverTheTurns() {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int trial = 0; trial < 2000; trial++) {
      int maxLength = random.nextInt(5, 30);
      int maxTurns = random.nextInt(1, 5);
      int[] text = text(random, random.nextInt(1, 6));
      Layout.Sequence sequence = context(maxLength, maxTurns).of(text);
      String what = "trial %d, repeat with -Dtests.seed=%d".formatted(trial, SEED);
      int[] ids = sequence.inputIds();
      assertThat(ids).as(what).hasSizeBetween(3, maxLength);
      assertThat(ids[0]).as(what).isEqualTo(CLS);
      assertThat(ids[ids.length - 1]).as(what).isEqualTo(SEP);
      assertThat(IntStream.of(ids).filter(id -> id == SEPT).count()).as(what).isLessThan(maxTurns);
      // What is left out lies before what is kept.
      int[] kept = Arrays.copyOfRange(ids, 1, ids.length - 1);
      assertThat(Arrays.copyOfRange(text, text.length - kept.length, text.length))
          .as(what)
          .isEqualTo(kept);
      requireTurns(sequence, what);
    }
  }

  @Test
  void keepsATokenOfEitherTextOfAPairAndFillsTheRoom() {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int trial = 0; trial < 2000; trial++) {
      Layout layout = new Layout(random.nextInt(5, 30), random.nextInt(1, 4), random.nextBoolean());
      int[] first = text(random, random.nextInt(1, 4));
      int[] second = text(random, 1);
      Layout.Sequence sequence = layout.of(first, second);
      String what = "trial %d, repeat with -Dtests.seed=%d".formatted(trial, SEED);
      int[] ids = sequence.inputIds();
      int middle =
          IntStream.range(0, ids.length).filter(i -> ids[i] == SEP).findFirst().orElseThrow();
      assertThat(ids).as(what).hasSizeLessThanOrEqualTo(layout.maxSequenceLength());
      assertThat(middle).as(what).isGreaterThan(1);
      assertThat(ids.length - middle).as(what).isGreaterThan(2);
      int[] keptSecond = Arrays.copyOfRange(ids, middle + 1, ids.length - 1);
      assertThat(Arrays.copyOf(second, keptSecond.length)).as(what).isEqualTo(keptSecond);
      for (int i = 0; i < ids.length; i++) {
        assertThat(sequence.segmentIds()[i]).as(what).isEqualTo(i > middle ? 1 : 0);
      }
      requireTurns(sequence, what);
      if (!layout.cuts(first, second)) {
        assertThat(keptSecond).as(what).isEqualTo(second);
      } else if (layout.maxTurns() >= 3) {
        // A separator at the cut may be left out.
        assertThat(ids.length).as(what).isGreaterThanOrEqualTo(layout.maxSequenceLength() - 1);
      }
    }
  }

  private static int[] text(SplittableRandom random, int turns) {
    List<Integer> text = new ArrayList<>();
    for (int turn = 0; turn < turns; turn++) {
      if (turn > 0) {
        text.add(SEPT);
      }
      random.ints(random.nextInt(1, 12), 6, 100).forEach(text::add);
    }
    return text.stream().mapToInt(id -> id).toArray();
  }

  private static void requireTurns(Layout.Sequence sequence, String what) {
    for (int i = 1; i < sequence.inputIds().length; i++) {
      int before = sequence.inputIds()[i - 1];
      int change = before == SEPT || before == SEP ? 1 : 0;
      assertThat(sequence.turnIds()[i])
          .as("token %d, %s", i, what)
          .isEqualTo(sequence.turnIds()[i - 1] ^ change);
    }
  }
}
