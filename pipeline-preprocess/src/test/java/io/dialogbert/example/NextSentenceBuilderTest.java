package io.dialogbert.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.dialogbert.text.piece.SpecialTokens;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NextSentenceBuilderTest {
  private static final int CLS = SpecialTokens.CLS;
  private static final int SEP = SpecialTokens.SEP;
  private static final int SEPT = SpecialTokens.SEPT;
  private static final ExampleConfig CONFIG = config(0.5, true, true);
  private static final ExampleConfig ALWAYS_TRUE = config(0, true, true);

  @Test
  void framesATruePair() {
    TokenizedDialogue dialogue = new RandomDialogues().ofLengths(2, 3);

    assertThat(build(ALWAYS_TRUE, dialogue))
        .usingRecursiveComparison()
        .isEqualTo(
            List.of(
                new PretrainExample(
                    "d0-0",
                    List.of("d0"),
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

    List<PretrainExample> examples = build(config(1, true, true), dialogue, Optional.of(donor));

    assertThat(examples).extracting(PretrainExample::nextSentenceLabel).containsExactly(1, 1);
    assertThat(examples)
        .extracting(PretrainExample::inputIds)
        .containsExactly(new int[] {CLS, 6, SEP, 8, 9, SEP}, new int[] {CLS, 7, SEP, 8, 9, SEP});
    assertThat(examples).extracting(PretrainExample::dialogueIds).containsOnly(List.of("d0", "d1"));
  }

  @Test
  void takesAsManyWholeTurnsAsFit() {
    // 3 frame tokens, 4 turns of 11 and 2 separators are 49; 3 turns and a separator are 37.
    TokenizedDialogue tooLong = new RandomDialogues().ofLengths(11, 11, 11, 11, 40);
    // With one token fewer, all four fit.
    TokenizedDialogue fitting = new RandomDialogues().ofLengths(11, 11, 11, 10, 40);

    assertThat(build(ALWAYS_TRUE, tooLong).get(0).length()).isEqualTo(37);
    assertThat(build(ALWAYS_TRUE, fitting).get(0).length()).isEqualTo(48);
  }

  @Test
  void fillsUpTheChunkOfASingleLastTurn() {
    TokenizedDialogue dialogue = new RandomDialogues().ofLengths(10, 10, 10, 10, 10);

    List<PretrainExample> examples = build(ALWAYS_TRUE, dialogue);

    assertThat(examples).hasSize(2);
    assertThat(turnNumbers(examples.get(0), dialogue)).containsExactly(0, 1, 2, 3);
    assertThat(turnNumbers(examples.get(1), dialogue)).containsExactly(1, 2, 3, 4);
  }

  @Test
  void keepsTheTokensNearestTheBoundaryOfTwoLongTurns() {
    TokenizedDialogue dialogue = new RandomDialogues().ofLengths(50, 60);

    int[] ids = build(ALWAYS_TRUE, dialogue).get(0).inputIds();

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

    assertThat(build(ALWAYS_TRUE, longFirst).get(0).inputIds()[41]).isEqualTo(SEP);
    assertThat(build(ALWAYS_TRUE, longSecond).get(0).inputIds()[6]).isEqualTo(SEP);
    assertThat(build(ALWAYS_TRUE, longFirst).get(0).length()).isEqualTo(48);
    assertThat(build(ALWAYS_TRUE, longSecond).get(0).length()).isEqualTo(48);
  }

  @Test
  void leavesTurnSeparatorsOut() {
    TokenizedDialogue dialogue = new RandomDialogues().ofLengths(1, 1, 1);

    PretrainExample example = build(config(0, false, true), dialogue).get(0);

    assertThat(example.inputIds()).hasSize(6).doesNotContain(SEPT);
    assertThat(turnNumbers(example, dialogue)).containsExactly(0, 1, 2);
    assertThat(IntStream.of(example.turnIds()).filter(id -> id == 1).count()).isBetween(1L, 3L);
  }

  @Test
  void leavesTurnIdsOut() {
    TokenizedDialogue dialogue = new RandomDialogues().ofLengths(1, 1, 1);

    PretrainExample example = build(config(0, true, false), dialogue).get(0);

    assertThat(example.inputIds()).hasSize(7).contains(SEPT);
    assertThat(example.turnIds()).containsOnly(0);
  }

  @Test
  void makesNothingOfASingleTurn() {
    RandomDialogues dialogues = new RandomDialogues();

    assertThat(build(ALWAYS_TRUE, dialogues.ofLengths(5))).isEmpty();
    assertThat(build(ALWAYS_TRUE, dialogues.ofLengths(5, 0))).isEmpty();
  }

  @Test
  void refusesSettingsThatLeaveNoRoom() {
    assertThatThrownBy(() -> new ExampleConfig(Pairing.NEXT_SENTENCE, 4, 0.5, true, true))
        .hasMessage("max-sequence-length must be at least 5, is 4");
    assertThatThrownBy(() -> config(1.5, true, true))
        .hasMessage("random-next-prob must be between 0 and 1, is 1.5");
  }

  @Test
  void makesTheSameExamplesAgainAndOthersFromAnotherSeed() {
    RandomDialogues random = new RandomDialogues();
    TokenizedDialogue dialogue = random.next(50);
    TokenizedDialogue donor = random.next(50);

    List<PretrainExample> examples = build(CONFIG, 3, dialogue, Optional.of(donor));

    assertThat(build(CONFIG, 3, dialogue, Optional.of(donor)))
        .usingRecursiveComparison()
        .isEqualTo(examples);
    assertThat(build(CONFIG, 4, dialogue, Optional.of(donor)))
        .usingRecursiveComparison()
        .isNotEqualTo(examples);
  }

  /**
   * Neither the length of a second part nor how full the example is may show whether it is random.
   */
  @Test
  void givesTrueAndRandomPairsAlikeLengths() {
    List<PretrainExample> examples = new ArrayList<>();
    new ExampleBuilder(CONFIG, 3)
        .build(new RandomDialogues().list(3_000, 60), (example, turns) -> examples.add(example));

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

  private static ExampleConfig config(
      double randomNextProb, boolean useTurnSeparator, boolean useTurnEmbedding) {
    return new ExampleConfig(
        Pairing.NEXT_SENTENCE, 48, randomNextProb, useTurnSeparator, useTurnEmbedding);
  }

  private static List<PretrainExample> build(ExampleConfig config, TokenizedDialogue dialogue) {
    return build(config, dialogue, Optional.empty());
  }

  private static List<PretrainExample> build(
      ExampleConfig config, TokenizedDialogue dialogue, Optional<TokenizedDialogue> donor) {
    return build(config, 1, dialogue, donor);
  }

  private static List<PretrainExample> build(
      ExampleConfig config,
      long seed,
      TokenizedDialogue dialogue,
      Optional<TokenizedDialogue> donor) {
    List<PretrainExample> examples = new ArrayList<>();
    new NextSentenceBuilder(config, seed)
        .build(dialogue, donor, (example, turns) -> examples.add(example));
    return examples;
  }

  /** The turns of the dialogue that an example has tokens of, in order. */
  private static List<Integer> turnNumbers(PretrainExample example, TokenizedDialogue dialogue) {
    return Arrays.stream(example.inputIds())
        .map(id -> numberOf(id, dialogue))
        .filter(n -> n >= 0)
        .distinct()
        .boxed()
        .toList();
  }

  /** The turn of a token, or -1 if it belongs to another dialogue; tokens of a dialogue ascend. */
  private static int numberOf(int id, TokenizedDialogue dialogue) {
    for (int t = 0; t < dialogue.turns().size(); t++) {
      int[] turn = dialogue.turns().get(t);
      if (id >= turn[0] && id <= turn[turn.length - 1]) {
        return t;
      }
    }
    return -1;
  }
}
