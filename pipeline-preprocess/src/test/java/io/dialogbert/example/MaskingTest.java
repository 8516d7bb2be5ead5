package io.dialogbert.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.dialogbert.text.piece.SpecialTokens;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MaskingTest {
  private static final int VOCAB_SIZE = 30_006;

  /** Every third piece starts a word. */
  private static final Masking PLAIN = new Masking(config(0.15, false), id -> id % 3 == 0);

  private static final Masking WHOLE_WORD = new Masking(config(0.15, true), id -> id % 3 == 0);

  private static MaskingConfig config(double maskedLmProb, boolean wholeWordMask) {
    return new MaskingConfig(maskedLmProb, 8, wholeWordMask, VOCAB_SIZE);
  }

  @Test
  void masksTheShareAndChangesTokensEightyTenTen() {
    SplittableRandom random = new SplittableRandom(RandomDialogues.SEED);
    long ordinary = 0;
    long predictions = 0;
    long masked = 0;
    long kept = 0;
    for (int e = 0; predictions < 100_000; e++) {
      int[] ids = randomIds(random, random.nextInt(10, 46));
      MaskedInput input = PLAIN.mask(ids, 1, 0, "e" + e);
      ordinary += Arrays.stream(ids).filter(id -> id >= 6).count();
      predictions += input.maskedLmIds().length;
      for (int p = 0; p < input.maskedLmIds().length; p++) {
        int now = input.inputIds()[input.maskedLmPositions()[p]];
        masked += now == SpecialTokens.MASK ? 1 : 0;
        kept += now == input.maskedLmIds()[p] ? 1 : 0;
      }
    }
    double all = predictions;
    assertThat(predictions / (double) ordinary)
        .as(RandomDialogues.NOTE)
        .isCloseTo(0.15, within(0.01));
    assertThat(masked / all).as(RandomDialogues.NOTE).isCloseTo(0.8, within(0.01));
    assertThat(kept / all).as(RandomDialogues.NOTE).isCloseTo(0.1, within(0.01));
  }

  /** Spare tokens are the ids from the size on; a task may have put them into its examples. */
  @Test
  void neitherChoosesNorDrawsASpareToken() {
    int size = 40;
    SplittableRandom random = new SplittableRandom(RandomDialogues.SEED);
    for (boolean wholeWords : List.of(false, true)) {
      Masking masking =
          new Masking(new MaskingConfig(0.5, 20, wholeWords, size), id -> id % 3 == 0);
      for (int e = 0; e < 2_000; e++) {
        int[] ids = random.ints(30, 0, size + 16).toArray();
        MaskedInput input = masking.mask(ids, 1, 0, "e" + e);
        assertThat(Arrays.stream(input.maskedLmIds()))
            .as(RandomDialogues.NOTE)
            .isNotEmpty()
            .allMatch(id -> id >= 6 && id < size);
        for (int position : input.maskedLmPositions()) {
          assertThat(input.inputIds()[position]).as(RandomDialogues.NOTE).isBetween(4, size - 1);
        }
      }
    }
    // A spare token ends a word, so the tokens around it are two.
    Masking words = new Masking(new MaskingConfig(0.3, 1, true, size), id -> false);
    int[] ids = {SpecialTokens.CLS, 10, size, 11, SpecialTokens.SEP};
    assertThat(
            IntStream.range(0, 50)
                .flatMap(e -> Arrays.stream(words.mask(ids, 1, 0, "e" + e).maskedLmPositions())))
        .contains(1, 3);
  }

  @Test
  void touchesOnlyWhatItReportsAndNeverASpecialToken() {
    SplittableRandom random = new SplittableRandom(RandomDialogues.SEED);
    for (Masking masking : List.of(PLAIN, WHOLE_WORD)) {
      for (int e = 0; e < 5_000; e++) {
        int[] ids = randomIds(random, random.nextInt(1, 60));
        MaskedInput input = masking.mask(ids, 1, 0, "e" + e);
        int[] restored = input.inputIds().clone();
        for (int p = 0; p < input.maskedLmIds().length; p++) {
          int position = input.maskedLmPositions()[p];
          assertThat(ids[position])
              .as(RandomDialogues.NOTE)
              .isGreaterThanOrEqualTo(6)
              .isEqualTo(input.maskedLmIds()[p]);
          assertThat(input.inputIds()[position])
              .as(RandomDialogues.NOTE)
              .matches(id -> id == 4 || (id >= 6 && id < VOCAB_SIZE));
          restored[position] = input.maskedLmIds()[p];
        }
        assertThat(restored).as(RandomDialogues.NOTE).isEqualTo(ids);
        assertThat(input.maskedLmPositions())
            .as(RandomDialogues.NOTE)
            .isSorted()
            .doesNotHaveDuplicates()
            .hasSizeLessThanOrEqualTo(8);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "1, 1", "3, 1", "10, 2", "20, 3", "45, 7", "52, 8", "60, 8", "400, 8"})
  void predictsTheRoundedShareAtLeastOneAtMostEight(int numOrdinary, int expected) {
    assertThat(config(0.15, false).numPredictions(numOrdinary)).isEqualTo(expected);
    int[] ids = new int[numOrdinary + 2];
    Arrays.fill(ids, 7);
    ids[0] = SpecialTokens.CLS;
    ids[numOrdinary + 1] = SpecialTokens.SEP;

    assertThat(PLAIN.mask(ids, 1, 0, "e").maskedLmPositions()).hasSize(expected);
  }

  @Test
  void masksEveryPositionEquallyOften() {
    int[] ids = randomIds(new SplittableRandom(RandomDialogues.SEED), 20);
    int[] counts = new int[ids.length];
    int numOrdinary = (int) Arrays.stream(ids).filter(id -> id >= 6).count();
    for (int epoch = 0; epoch < 20_000; epoch++) {
      for (int position : PLAIN.mask(ids, 1, epoch, "e").maskedLmPositions()) {
        counts[position]++;
      }
    }
    double expected = 20_000.0 * config(0.15, false).numPredictions(numOrdinary) / numOrdinary;
    for (int i = 0; i < ids.length; i++) {
      assertThat((double) counts[i])
          .as(RandomDialogues.NOTE)
          .isCloseTo(ids[i] >= 6 ? expected : 0, within(expected * 0.08));
    }
  }

  @Test
  void masksWholeWords() {
    // Words of one, two and three pieces. A word also starts after a special token, whatever its
    // first piece.
    int[] ids = {2, 30, 31, 32, 33, 34, 36, 37, 38, 5, 40, 41, 42, 3, 45, 46, 47, 48, 3};
    List<List<Integer>> words =
        List.of(
            List.of(1, 2, 3),
            List.of(4, 5),
            List.of(6, 7, 8),
            List.of(10, 11),
            List.of(12),
            List.of(14, 15, 16),
            List.of(17));
    Masking masking = new Masking(config(0.3, true), id -> id % 3 == 0);
    for (int epoch = 0; epoch < 1_000; epoch++) {
      List<Integer> positions =
          Arrays.stream(masking.mask(ids, 1, epoch, "e").maskedLmPositions()).boxed().toList();
      assertThat(positions).hasSizeBetween(1, config(0.3, true).numPredictions(15));
      List<Integer> whole = new ArrayList<>();
      words.stream().filter(word -> positions.contains(word.get(0))).forEach(whole::addAll);
      assertThat(positions).isEqualTo(whole);
    }
  }

  @Test
  void masksPartOfAWordWhereAllWordsAreTooLong() {
    int[] ids = {2, 30, 31, 31, 31, 31, 31, 3};

    assertThat(WHOLE_WORD.mask(ids, 1, 0, "e").maskedLmPositions()).hasSize(1);
  }

  @Test
  void masksTheSameAgainAndDifferentlyInAnotherEpoch() {
    int[] ids = randomIds(new SplittableRandom(RandomDialogues.SEED), 45);

    MaskedInput masked = PLAIN.mask(ids, 1, 0, "e");

    assertThat(PLAIN.mask(ids, 1, 0, "e")).usingRecursiveComparison().isEqualTo(masked);
    assertThat(PLAIN.mask(ids, 1, 1, "e").maskedLmPositions())
        .isNotEqualTo(masked.maskedLmPositions());
    assertThat(PLAIN.mask(ids, 2, 0, "e").maskedLmPositions())
        .isNotEqualTo(masked.maskedLmPositions());
    assertThat(PLAIN.mask(ids, 1, 0, "f").maskedLmPositions())
        .isNotEqualTo(masked.maskedLmPositions());
  }

  @Test
  void refusesSettingsOutOfRange() {
    assertThatThrownBy(() -> new MaskingConfig(0, 8, false, 100))
        .hasMessage("masked-lm-prob must be between 0 and 1, is 0.0");
    assertThatThrownBy(() -> new MaskingConfig(0.15, 0, false, 100))
        .hasMessage("max-predictions-per-seq must be at least 1, is 0");
    assertThatThrownBy(() -> new MaskingConfig(0.15, 8, false, 6))
        .hasMessage("vocab-size must exceed the special tokens, is 6");
  }

  /** [CLS], ordinary tokens with some [UNK] and [SEPT] in between, [SEP]. */
  private static int[] randomIds(SplittableRandom random, int length) {
    int[] ids = new int[length + 2];
    ids[0] = SpecialTokens.CLS;
    for (int i = 1; i <= length; i++) {
      int draw = random.nextInt(20);
      ids[i] =
          draw == 0
              ? SpecialTokens.SEPT
              : draw == 1 ? SpecialTokens.UNK : random.nextInt(6, VOCAB_SIZE);
    }
    ids[length + 1] = SpecialTokens.SEP;
    return ids;
  }

  @Test
  void saysWhereTheMostPredictionsAreFewerThanTheShare() {
    assertThat(new MaskingConfig(0.15, 8, false, 100).cap(45)).isEmpty();
    assertThat(new MaskingConfig(0.3, 14, false, 100).cap(45)).isEmpty();
    assertThat(new MaskingConfig(0.3, 8, false, 100).cap(45))
        .hasValue(
            "max-predictions-per-seq = 8 caps masked-lm-prob = 0.3: of the longest example's 45"
                + " tokens 8 are predicted (0.1778) where the share would be 14");
  }
}
