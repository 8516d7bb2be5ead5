package io.dialogbert.example;

import io.dialogbert.common.Seeds;
import io.dialogbert.text.piece.SpecialTokens;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.IntPredicate;

/**
 * Masks tokens for masked language modeling. Of the chosen tokens, 80 % become {@code [MASK]}, 10 %
 * a random ordinary token, and 10 % stay. Special and spare tokens are never chosen. Immutable and
 * shared by threads.
 *
 * @see <a href="https://arxiv.org/abs/1810.04805">Devlin et al. 2018, section 3.1</a>
 */
public final class Masking {
  private static final double MASK_PROB = 0.8;
  private static final double RANDOM_PROB = 0.1;
  private static final int NUM_SPECIAL = SpecialTokens.ALL.size();

  private final MaskingConfig config;
  private final IntPredicate isWordStart;

  /**
   * @param isWordStart whether a token starts a word; only used for whole-word masking
   */
  public Masking(MaskingConfig config, IntPredicate isWordStart) {
    this.config = config;
    this.isWordStart = isWordStart;
  }

  /**
   * Masks one example. The same arguments always give the same masks.
   *
   * @param inputIds int32 [T]; not changed
   * @param seed seed of the run
   * @param epoch number of the pass over the data, so that each pass has other masks; for static
   *     masks, number of the copy
   * @param exampleId id of the example
   */
  public MaskedInput mask(int[] inputIds, long seed, int epoch, String exampleId) {
    SplittableRandom random = Seeds.of(seed, "masking", epoch, exampleId);
    // Words are ranges of positions: word w spans starts[w] to ends[w]. Without whole-word masking,
    // each token is a word.
    int[] starts = new int[inputIds.length];
    int[] ends = new int[inputIds.length];
    int numWords = 0;
    int numOrdinary = 0;
    for (int i = 0; i < inputIds.length; i++) {
      if (!config.isOrdinary(inputIds[i])) {
        continue;
      }
      boolean continues =
          config.wholeWordMask()
              && i > 0
              && config.isOrdinary(inputIds[i - 1])
              && !isWordStart.test(inputIds[i]);
      if (!continues) {
        starts[numWords++] = i;
      }
      ends[numWords - 1] = i + 1;
      numOrdinary++;
    }
    int[] positions = choose(starts, ends, numWords, config.numPredictions(numOrdinary), random);
    int[] masked = inputIds.clone();
    int[] originals = new int[positions.length];
    for (int p = 0; p < positions.length; p++) {
      originals[p] = inputIds[positions[p]];
      double draw = random.nextDouble();
      if (draw < MASK_PROB) {
        masked[positions[p]] = SpecialTokens.MASK;
      } else if (draw < MASK_PROB + RANDOM_PROB) {
        masked[positions[p]] = random.nextInt(NUM_SPECIAL, config.vocabSize());
      }
    }
    return new MaskedInput(masked, positions, originals);
  }

  /**
   * Positions of randomly chosen words, ascending. Takes as many words as fit into {@code limit}
   * positions.
   */
  private static int[] choose(
      int[] starts, int[] ends, int numWords, int limit, SplittableRandom random) {
    int[] positions = new int[limit];
    int count = 0;
    for (int drawn = 0; drawn < numWords && count < limit; drawn++) {
      int pick = random.nextInt(drawn, numWords);
      swap(starts, drawn, pick);
      swap(ends, drawn, pick);
      if (ends[drawn] - starts[drawn] <= limit - count) {
        for (int i = starts[drawn]; i < ends[drawn]; i++) {
          positions[count++] = i;
        }
      }
    }
    if (count == 0 && limit > 0) {
      // Every word is longer than the limit. An example without a prediction teaches nothing.
      for (int i = starts[0]; count < limit; i++) {
        positions[count++] = i;
      }
    }
    Arrays.sort(positions, 0, count);
    return Arrays.copyOf(positions, count);
  }

  private static void swap(int[] values, int i, int j) {
    int value = values[i];
    values[i] = values[j];
    values[j] = value;
  }
}
