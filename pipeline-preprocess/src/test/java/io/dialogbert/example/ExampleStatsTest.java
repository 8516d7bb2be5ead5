package io.dialogbert.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExampleStatsTest {
  private static final ExampleConfig PAIRS =
      new ExampleConfig(Pairing.NEXT_SENTENCE, 8, 0.5, true, false);
  private static final MaskingConfig MASKING = new MaskingConfig(0.15, 8, false, 100);

  @Test
  void addsUpAndMerges() {
    ExampleStats stats = new ExampleStats(PAIRS, MASKING);
    stats.add(example(0, 2, 10, 5, 1, 3, 11, 3), 3, masked(7, 1));
    ExampleStats other = new ExampleStats(PAIRS, MASKING);
    other.add(example(1, 2, 10, 3, 11, 3), 2, masked(5));
    stats.merge(other);

    assertThat(stats.examples()).isEqualTo(2);
    assertThat(stats.examplesBySplit())
        .as("a split without examples has a count, too")
        .isEqualTo(Map.of("train", 2L, "validation", 0L, "test", 0L));
    assertThat(stats.tokens()).isEqualTo(12);
    assertThat(stats.fillRatio()).isEqualTo(12 / 16.0);
    assertThat(stats.meanTurns()).isEqualTo(2.5);
    assertThat(stats.randomPairRatio()).isEqualTo(0.5);
    assertThat(stats.maskRatio()).isEqualTo(0.25);
    assertThat(stats.unknownRatio()).isCloseTo(0.2, within(1e-12));
  }

  @Test
  void isZeroWithoutExamples() {
    assertThat(new ExampleStats(PAIRS, MASKING).fillRatio()).isZero();
    assertThat(new ExampleStats(PAIRS, MASKING).meanTurns()).isZero();
  }

  @Test
  void expectsWhatFollowsFromTheSettingsAndTheDialogues() {
    ExampleStats stats = new ExampleStats(PAIRS, MASKING);
    // Two dialogues that count, and one with a single turn, which gives no pair.
    stats.addBucket(
        List.of(
            dialogue("a", new int[] {10}, new int[] {11}, new int[] {12}),
            dialogue("b", new int[] {13}, new int[] {14, 15, 16, 17}),
            dialogue("c", new int[] {18})));
    stats.add(example(0, 2, 10, 5, 11, 3, 12, 3), 3, masked(7, 1));
    stats.add(example(1, 2, 13, 3, 10, 3), 2, masked(5, 1, 3));

    assertThat(stats.figures(1, 0.05))
        .containsExactly(
            new RangeCheck("rows_out", 2, 2, 5),
            new RangeCheck("tokens", 12, 12, 12),
            // A longer turn counts as half of an example's five tokens.
            new RangeCheck("fill_ratio", 0.75, 0.9 * (3 + 2 * 6 / 5.0) / 8, 1),
            new RangeCheck("mean_turns", 2.5, 2.5, 3.5),
            // One with three tokens and one with two; the second example got one too many.
            new RangeCheck("mask_ratio", 0.6, 0.4, 0.4),
            new RangeCheck(
                "random_pair_ratio", 0.5, 0.5 - 3 * Math.sqrt(0.125), 0.5 + 3 * Math.sqrt(0.125)),
            new RangeCheck("unknown_ratio", 0, 0, 0.05));
  }

  @Test
  void marksAFigureThatIsNotAsExpected() {
    assertThat(new RangeCheck("random_pair_ratio", 0.5, 0.49, 0.51).line())
        .isEqualTo("  random_pair_ratio         0.5000   expected 0.4900 to 0.5100");
    assertThat(new RangeCheck("tokens", 1234567, 1234568, 1234568).line())
        .isEqualTo("  tokens                 1,234,567   expected 1,234,568   <-- OUTSIDE");
  }

  /** Expectations must hold for correct examples, whatever the settings. */
  @ParameterizedTest
  @CsvSource({
    "NEXT_SENTENCE, true, false, 1",
    "NEXT_SENTENCE, false, true, 3",
    "FULL_SENTENCES, true, true, 1",
    "FULL_SENTENCES, false, false, 2"
  })
  void findsExamplesThatAreRightAsExpected(
      Pairing pairing, boolean useTurnSeparator, boolean wholeWordMask, int copies) {
    ExampleConfig config = new ExampleConfig(pairing, 48, 0.5, useTurnSeparator, false);
    List<TokenizedDialogue> bucket = new RandomDialogues().list(3_000, 20);
    MaskingConfig masking = new MaskingConfig(0.15, 8, wholeWordMask, 1_000_000);
    Masking masks = new Masking(masking, id -> id % 3 == 0);
    ExampleStats stats = new ExampleStats(config, masking);
    stats.addBucket(bucket);
    new ExampleBuilder(config, 1)
        .build(
            bucket,
            (example, turns) -> {
              for (int copy = 0; copy < copies; copy++) {
                stats.add(
                    example, turns, masks.mask(example.inputIds(), 1, copy, example.exampleId()));
              }
            });

    assertThat(stats.figures(copies, 0.05))
        .as(RandomDialogues.NOTE)
        .allMatch(RangeCheck::isInRange)
        .extracting(RangeCheck::name)
        .hasSize(pairing == Pairing.NEXT_SENTENCE ? 7 : 6)
        .doesNotHaveDuplicates();
  }

  private static MaskedInput masked(int length, int... positions) {
    return new MaskedInput(new int[length], positions, new int[positions.length]);
  }

  private static TokenizedDialogue dialogue(String id, int[]... turns) {
    return new TokenizedDialogue(id, "ko", "train", new ArrayList<>(List.of(turns)));
  }

  private static PretrainExample example(int label, int... ids) {
    int[] zeros = new int[ids.length];
    return new PretrainExample(
        "e", List.of("d"), "ko", "train", ids, zeros, zeros, label, new int[0], new int[0]);
  }
}
