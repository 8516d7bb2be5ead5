package io.dialogbert.example;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.text.piece.SpecialTokens;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FullSentencesBuilderTest {
  private static final int CLS = SpecialTokens.CLS;
  private static final int SEP = SpecialTokens.SEP;
  private static final int SEPT = SpecialTokens.SEPT;

  @Test
  void runsOnFromDialogueToDialogue() {
    RandomDialogues dialogues = new RandomDialogues();
    List<TokenizedDialogue> two = List.of(dialogues.ofLengths(2, 1), dialogues.ofLengths(1));

    assertThat(build(config(9, true, true), two))
        .usingRecursiveComparison()
        .isEqualTo(
            List.of(
                new PretrainExample(
                    "d0-0",
                    List.of("d0", "d1"),
                    "ko",
                    "train",
                    new int[] {CLS, 6, 7, SEPT, 8, SEP, 9, SEP},
                    new int[8],
                    new int[] {0, 0, 0, 0, 1, 1, 0, 0},
                    PretrainExample.NO_PAIR,
                    new int[0],
                    new int[0])));
  }

  @Test
  void startsAnotherExampleWithTheTurnThatDoesNotFit() {
    RandomDialogues dialogues = new RandomDialogues();
    List<TokenizedDialogue> two = List.of(dialogues.ofLengths(3, 2), dialogues.ofLengths(3, 1));

    List<PretrainExample> examples = build(config(8, true, true), two);

    assertThat(examples)
        .extracting(PretrainExample::inputIds)
        .containsExactly(
            new int[] {CLS, 6, 7, 8, SEPT, 9, 10, SEP}, new int[] {CLS, 11, 12, 13, SEPT, 14, SEP});
    assertThat(examples).extracting(PretrainExample::exampleId).containsExactly("d0-0", "d1-0");
    assertThat(examples.get(1).turnIds()).containsExactly(0, 0, 0, 0, 0, 1, 1);
  }

  @Test
  void cutsALongTurnIntoPieces() {
    RandomDialogues dialogues = new RandomDialogues();

    List<PretrainExample> examples =
        build(config(6, true, true), List.of(dialogues.ofLengths(1, 10, 1)));

    assertThat(examples)
        .extracting(PretrainExample::inputIds)
        .containsExactly(
            new int[] {CLS, 6, SEP},
            new int[] {CLS, 7, 8, 9, 10, SEP},
            new int[] {CLS, 11, 12, 13, 14, SEP},
            new int[] {CLS, 15, 16, SEPT, 17, SEP});
    assertThat(examples)
        .extracting(PretrainExample::exampleId)
        .containsExactly("d0-0", "d0-1", "d0-2", "d0-3");
  }

  @Test
  void leavesTurnSeparatorsAndTurnIdsOut() {
    RandomDialogues dialogues = new RandomDialogues();
    List<TokenizedDialogue> two = List.of(dialogues.ofLengths(1, 1), dialogues.ofLengths(1));

    assertThat(build(config(8, false, true), two).get(0))
        .satisfies(
            example -> assertThat(example.inputIds()).containsExactly(CLS, 6, 7, SEP, 8, SEP))
        .satisfies(example -> assertThat(example.turnIds()).containsExactly(0, 0, 1, 1, 0, 0));
    assertThat(build(config(8, true, false), two).get(0).turnIds()).containsOnly(0);
  }

  @Test
  void makesNothingOfNothing() {
    assertThat(build(config(8, true, true), List.of())).isEmpty();
    assertThat(build(config(8, true, true), List.of(new RandomDialogues().ofLengths(0)))).isEmpty();
  }

  private static ExampleConfig config(
      int maxSequenceLength, boolean useTurnSeparator, boolean useTurnEmbedding) {
    return new ExampleConfig(
        Pairing.FULL_SENTENCES, maxSequenceLength, 0.5, useTurnSeparator, useTurnEmbedding);
  }

  private static List<PretrainExample> build(
      ExampleConfig config, List<TokenizedDialogue> dialogues) {
    List<PretrainExample> examples = new ArrayList<>();
    new FullSentencesBuilder(config).build(dialogues, (example, turns) -> examples.add(example));
    return examples;
  }
}
