package io.dialogbert.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.dialogbert.text.SpecialTokens;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ExampleBuilderTest {
  private static final int CLS = SpecialTokens.CLS;
  private static final int SEP = SpecialTokens.SEP;
  private static final int SEPT = SpecialTokens.SEPT;
  private static final ExampleConfig CONFIG = new ExampleConfig(48, 0.5, true);
  private static final ExampleBuilder ALWAYS_TRUE =
      new ExampleBuilder(new ExampleConfig(48, 0, true), 1);

  @Test
  void framesATruePair() {
    TokenizedDialogue dialogue = new RandomDialogues().ofLengths(2, 3);

    assertThat(ALWAYS_TRUE.build(dialogue))
        .usingRecursiveComparison()
        .isEqualTo(
            List.of(
                new PretrainExample(
                    "d0-0",
                    "d0",
                    "ko",
                    "train",
                    new int[] {CLS, 6, 7, SEP, 8, 9, 10, SEP},
                    new int[] {0, 0, 0, 0, 1, 1, 1, 1},
                    new int[] {0, 0, 0, 0, 1, 1, 1, 1},
                    PretrainExample.FOLLOWS,
                    new int[0],
                    new int[0])));
  }

  @Test
  void framesARandomPairAndPutsTheRestBack() {
    RandomDialogues dialogues = new RandomDialogues();
    TokenizedDialogue dialogue = dialogues.ofLengths(1, 1);
    TokenizedDialogue donor = dialogues.ofLengths(2);

    List<PretrainExample> examples =
        new ExampleBuilder(new ExampleConfig(48, 1, true), 1).build(dialogue, donor);

    assertThat(examples).extracting(PretrainExample::nextSentenceLabel).containsExactly(1, 1);
    assertThat(examples)
        .extracting(PretrainExample::inputIds)
        .containsExactly(new int[] {CLS, 6, SEP, 8, 9, SEP}, new int[] {CLS, 7, SEP, 8, 9, SEP});
  }

  @Test
  void takesAsManyWholeTurnsAsFit() {
    // 3 frame tokens, 4 turns of 11 and 2 separators are 49; 3 turns and a separator are 37.
    TokenizedDialogue tooLong = new RandomDialogues().ofLengths(11, 11, 11, 11, 40);
    // One token fewer, and all four fit.
    TokenizedDialogue fitting = new RandomDialogues().ofLengths(11, 11, 11, 10, 40);

    assertThat(ALWAYS_TRUE.build(tooLong).get(0).length()).isEqualTo(37);
    assertThat(ALWAYS_TRUE.build(fitting).get(0).length()).isEqualTo(48);
  }

  @Test
  void fillsUpTheChunkOfASingleLastTurn() {
    TokenizedDialogue dialogue = new RandomDialogues().ofLengths(10, 10, 10, 10, 10);

    List<PretrainExample> examples = ALWAYS_TRUE.build(dialogue);

    assertThat(examples).hasSize(2);
    assertThat(turnNumbers(examples.get(0), dialogue)).containsExactly(0, 1, 2, 3);
    assertThat(turnNumbers(examples.get(1), dialogue)).containsExactly(1, 2, 3, 4);
  }

  @Test
  void keepsTheTokensNearestTheBoundaryOfTwoLongTurns() {
    TokenizedDialogue dialogue = new RandomDialogues().ofLengths(50, 60);

    int[] ids = ALWAYS_TRUE.build(dialogue).get(0).inputIds();

    assertThat(ids).hasSize(48);
    assertThat(Arrays.copyOfRange(ids, 1, 24))
        .containsExactly(Arrays.copyOfRange(dialogue.turns().get(0), 27, 50));
    assertThat(ids[24]).isEqualTo(SEP);
    assertThat(Arrays.copyOfRange(ids, 25, 47))
        .containsExactly(Arrays.copyOf(dialogue.turns().get(1), 22));
  }

  @Test
  void shortensOnlyTheLongerOfTwoTurns() {
    TokenizedDialogue longFirst = new RandomDialogues().ofLengths(60, 5);
    TokenizedDialogue longSecond = new RandomDialogues().ofLengths(5, 60);

    assertThat(ALWAYS_TRUE.build(longFirst).get(0).inputIds()[41]).isEqualTo(SEP);
    assertThat(ALWAYS_TRUE.build(longSecond).get(0).inputIds()[6]).isEqualTo(SEP);
    assertThat(ALWAYS_TRUE.build(longFirst).get(0).length()).isEqualTo(48);
    assertThat(ALWAYS_TRUE.build(longSecond).get(0).length()).isEqualTo(48);
  }

  @Test
  void leavesTurnSeparatorsOut() {
    TokenizedDialogue dialogue = new RandomDialogues().ofLengths(1, 1, 1);

    PretrainExample example =
        new ExampleBuilder(new ExampleConfig(48, 0, false), 1).build(dialogue).get(0);

    assertThat(example.inputIds()).hasSize(6).doesNotContain(SEPT);
    assertThat(turnNumbers(example, dialogue)).containsExactly(0, 1, 2);
    assertThat(changes(example.turnIds())).isEqualTo(2);
  }

  @Test
  void makesNothingOfASingleTurn() {
    RandomDialogues dialogues = new RandomDialogues();

    assertThat(ALWAYS_TRUE.build(dialogues.ofLengths(5))).isEmpty();
    assertThat(ALWAYS_TRUE.build(dialogues.ofLengths(5, 0))).isEmpty();
  }

  @Test
  void refusesADonorOfAnotherKind() {
    TokenizedDialogue dialogue = new RandomDialogues().ofLengths(1, 1);
    TokenizedDialogue japanese = new TokenizedDialogue("d1", "ja", "train", dialogue.turns());
    TokenizedDialogue test = new TokenizedDialogue("d1", "ko", "test", dialogue.turns());

    for (TokenizedDialogue donor : List.of(dialogue, japanese, test)) {
      assertThatThrownBy(() -> ALWAYS_TRUE.build(dialogue, donor))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "a donor must be another dialogue of the same language and split: dialogue d0, donor "
                  + donor.dialogueId());
    }
  }

  @Test
  void refusesSettingsThatLeaveNoRoom() {
    assertThatThrownBy(() -> new ExampleConfig(4, 0.5, true))
        .hasMessage("max-sequence-length must be at least 5, is 4");
    assertThatThrownBy(() -> new ExampleConfig(48, 1.5, true))
        .hasMessage("random-next-prob must be between 0 and 1, is 1.5");
  }

  @Test
  void keepsEveryRuleOverManyDialogues() {
    for (ExampleConfig config :
        List.of(CONFIG, new ExampleConfig(48, 0.5, false), new ExampleConfig(11, 0.5, true))) {
      RandomDialogues random = new RandomDialogues();
      List<TokenizedDialogue> dialogues = random.list(2_000, 30);
      Map<String, TokenizedDialogue> byId = new HashMap<>();
      dialogues.forEach(dialogue -> byId.put(dialogue.dialogueId(), dialogue));
      List<PretrainExample> examples = new ArrayList<>();
      new DonorRing(new ExampleBuilder(config, 3), 3).build(dialogues, examples::add);

      assertThat(examples).extracting(PretrainExample::exampleId).doesNotHaveDuplicates();
      for (PretrainExample example : examples) {
        check(example, byId.get(example.dialogueId()), config);
      }
      double randomRatio =
          examples.stream().mapToInt(PretrainExample::nextSentenceLabel).average().orElseThrow();
      assertThat(randomRatio).as(RandomDialogues.NOTE).isCloseTo(0.5, within(0.02));
      Map<String, Set<Integer>> covered = new HashMap<>();
      for (PretrainExample example : examples) {
        covered
            .computeIfAbsent(example.dialogueId(), id -> new HashSet<>())
            .addAll(turnNumbers(example, byId.get(example.dialogueId())));
      }
      for (TokenizedDialogue dialogue : dialogues) {
        assertThat(covered.get(dialogue.dialogueId()))
            .as(RandomDialogues.NOTE)
            .hasSize(dialogue.turns().size());
      }
    }
  }

  @Test
  void hasTruePairsOnlyWithoutADonor() {
    RandomDialogues random = new RandomDialogues();
    ExampleBuilder builder = new ExampleBuilder(CONFIG, 3);
    for (TokenizedDialogue dialogue : random.list(200, 30)) {
      assertThat(builder.build(dialogue))
          .isNotEmpty()
          .allSatisfy(
              example -> assertThat(example.nextSentenceLabel()).isEqualTo(PretrainExample.FOLLOWS))
          .allSatisfy(example -> check(example, dialogue, CONFIG));
    }
  }

  @Test
  void makesTheSameExamplesAgainAndOthersFromAnotherSeed() {
    RandomDialogues random = new RandomDialogues();
    TokenizedDialogue dialogue = random.next(50);
    TokenizedDialogue donor = random.next(50);

    List<PretrainExample> examples = new ExampleBuilder(CONFIG, 3).build(dialogue, donor);

    assertThat(new ExampleBuilder(CONFIG, 3).build(dialogue, donor))
        .usingRecursiveComparison()
        .isEqualTo(examples);
    assertThat(new ExampleBuilder(CONFIG, 4).build(dialogue, donor))
        .usingRecursiveComparison()
        .isNotEqualTo(examples);
  }

  /** Whether a second part is random must not show in its length or in how full the example is. */
  @Test
  void givesTrueAndRandomPairsAlikeLengths() {
    List<PretrainExample> examples = new ArrayList<>();
    new DonorRing(new ExampleBuilder(CONFIG, 3), 3)
        .build(new RandomDialogues().list(3_000, 60), examples::add);

    double[] tokens = new double[2];
    double[] count = new double[2];
    for (PretrainExample example : examples) {
      tokens[example.nextSentenceLabel()] += example.length();
      count[example.nextSentenceLabel()]++;
    }
    assertThat(tokens[0] / count[0])
        .as(RandomDialogues.NOTE)
        .isCloseTo(tokens[1] / count[1], within(1.5));
  }

  private static void check(
      PretrainExample example, TokenizedDialogue dialogue, ExampleConfig config) {
    String note = example.exampleId() + ", " + RandomDialogues.NOTE;
    int[] ids = example.inputIds();
    assertThat(ids.length).as(note).isBetween(5, config.maxSequenceLength());
    assertThat(ids[0]).as(note).isEqualTo(CLS);
    assertThat(ids[ids.length - 1]).as(note).isEqualTo(SEP);
    assertThat(count(ids, CLS)).as(note).isEqualTo(1);
    assertThat(count(ids, SEP)).as(note).isEqualTo(2);
    int boundary = indexOf(ids, SEP);
    assertThat(boundary).as(note).isBetween(2, ids.length - 3);
    for (int i = 0; i < ids.length; i++) {
      assertThat(example.segmentIds()[i]).as(note).isEqualTo(i <= boundary ? 0 : 1);
    }
    List<Integer> ownTurns = turnNumbers(example, dialogue);
    for (int i = 1; i < ownTurns.size(); i++) {
      assertThat(ownTurns.get(i)).as(note).isEqualTo(ownTurns.get(i - 1) + 1);
    }
    assertThat(example.turnIds()[0]).as(note).isZero();
    if (config.useTurnSeparator()) {
      // A turn ends with each separator, and no other way.
      assertThat(changes(example.turnIds())).as(note).isEqualTo(count(ids, SEPT) + 1);
      for (int i = 1; i < ids.length; i++) {
        boolean ends = ids[i - 1] == SEPT || i - 1 == boundary;
        assertThat(example.turnIds()[i] != example.turnIds()[i - 1]).as(note).isEqualTo(ends);
        assertThat(ids[i] == SEPT && (ends || i == 1)).as(note).isFalse();
      }
    }
    boolean secondIsOwn = numberOf(ids[boundary + 1], dialogue) >= 0;
    assertThat(secondIsOwn)
        .as(note)
        .isEqualTo(example.nextSentenceLabel() == PretrainExample.FOLLOWS);
    if (secondIsOwn) {
      // What stands at the boundary are the last token of a turn and the first of the next.
      int number = numberOf(ids[boundary - 1], dialogue);
      int[] turn = dialogue.turns().get(number);
      assertThat(ids[boundary - 1]).as(note).isEqualTo(turn[turn.length - 1]);
      assertThat(ids[boundary + 1]).as(note).isEqualTo(dialogue.turns().get(number + 1)[0]);
    }
  }

  /** Which turns of the dialogue an example holds tokens of, in order. */
  private static List<Integer> turnNumbers(PretrainExample example, TokenizedDialogue dialogue) {
    return Arrays.stream(example.inputIds())
        .map(id -> numberOf(id, dialogue))
        .filter(n -> n >= 0)
        .distinct()
        .boxed()
        .toList();
  }

  /**
   * The turn that a token is from, -1 where it is of another dialogue; tokens of a dialogue ascend.
   */
  private static int numberOf(int id, TokenizedDialogue dialogue) {
    for (int t = 0; t < dialogue.turns().size(); t++) {
      int[] turn = dialogue.turns().get(t);
      if (id >= turn[0] && id <= turn[turn.length - 1]) {
        return t;
      }
    }
    return -1;
  }

  private static int count(int[] ids, int id) {
    return (int) Arrays.stream(ids).filter(i -> i == id).count();
  }

  private static int indexOf(int[] ids, int id) {
    int i = 0;
    while (ids[i] != id) {
      i++;
    }
    return i;
  }

  private static int changes(int[] values) {
    int changes = 0;
    for (int i = 1; i < values.length; i++) {
      changes += values[i] == values[i - 1] ? 0 : 1;
    }
    return changes;
  }
}
