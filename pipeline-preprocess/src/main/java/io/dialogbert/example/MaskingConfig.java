package io.dialogbert.example;

import io.dialogbert.text.piece.SpecialTokens;
import java.io.Serializable;
import java.util.Locale;
import java.util.Optional;

/**
 * How tokens are masked.
 *
 * @param maskedLmProb share of an example's ordinary tokens that is masked, in (0, 1)
 * @param maxPredictionsPerSeq maximum number of masked tokens per example
 * @param wholeWordMask whether all pieces of a word are masked together
 * @param vocabSize size of the vocabulary without its spare tokens, which are last; a random token
 *     is one of the ordinary pieces
 */
public record MaskingConfig(
    double maskedLmProb, int maxPredictionsPerSeq, boolean wholeWordMask, int vocabSize)
    implements Serializable {
  public MaskingConfig {
    if (!(maskedLmProb > 0 && maskedLmProb < 1)) {
      throw new IllegalArgumentException(
          "masked-lm-prob must be between 0 and 1, is " + maskedLmProb);
    }
    if (maxPredictionsPerSeq < 1) {
      throw new IllegalArgumentException(
          "max-predictions-per-seq must be at least 1, is " + maxPredictionsPerSeq);
    }
    if (vocabSize <= SpecialTokens.ALL.size()) {
      throw new IllegalArgumentException(
          "vocab-size must exceed the special tokens, is " + vocabSize);
    }
  }

  /**
   * How many of {@code numOrdinary} tokens to predict: the rounded share, but at least one if there
   * is a token. Whole words may fill less of it.
   */
  int numPredictions(int numOrdinary) {
    int share = Math.max(1, (int) Math.round(numOrdinary * maskedLmProb));
    return Math.min(numOrdinary, Math.min(share, maxPredictionsPerSeq));
  }

  /**
   * A message if {@code max-predictions-per-seq} gives the longest examples fewer predictions than
   * their share.
   *
   * @param maxOrdinary number of ordinary tokens of the longest example
   */
  public Optional<String> cap(int maxOrdinary) {
    long share = Math.round(maxOrdinary * maskedLmProb);
    if (share <= maxPredictionsPerSeq) {
      return Optional.empty();
    }
    return Optional.of(
        String.format(
            Locale.ROOT,
            "max-predictions-per-seq = %d caps masked-lm-prob = %s: of the longest example's %d"
                + " tokens %d are predicted (%.4f) where the share would be %d",
            maxPredictionsPerSeq,
            maskedLmProb,
            maxOrdinary,
            maxPredictionsPerSeq,
            (double) maxPredictionsPerSeq / maxOrdinary,
            share));
  }

  /** Whether a token is ordinary: neither a special token nor a spare one. */
  boolean isOrdinary(int id) {
    return id >= SpecialTokens.ALL.size() && id < vocabSize;
  }

  /**
   * The same masking for another vocabulary.
   *
   * @param size its size without spare tokens
   */
  public MaskingConfig withVocabSize(int size) {
    return new MaskingConfig(maskedLmProb, maxPredictionsPerSeq, wholeWordMask, size);
  }
}
