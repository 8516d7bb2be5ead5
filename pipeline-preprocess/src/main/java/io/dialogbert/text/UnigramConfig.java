package io.dialogbert.text;

import java.util.List;

/**
 * Settings of {@link UnigramTrainer}. The names and usual values are those of SentencePiece.
 *
 * @param vocabSize pieces of the model, special tokens and user symbols included
 * @param maxPieceLength longest piece in code points, the word mark included, in [1, 127]
 * @param characterCoverage share of all characters that must be pieces, in (0, 1]; the rarest
 *     others become {@code [UNK]}
 * @param seedSize most substrings that training starts from
 * @param shrinkingFactor share of the pieces that each round of pruning keeps, in (0, 1)
 * @param numSubIterations EM steps in each round, at least 1
 * @param userSymbols symbols that stay whole; they get the ids after the special tokens
 */
public record UnigramConfig(
    int vocabSize,
    int maxPieceLength,
    double characterCoverage,
    int seedSize,
    double shrinkingFactor,
    int numSubIterations,
    List<String> userSymbols) {

  /** Checks the ranges. */
  public UnigramConfig {
    userSymbols = List.copyOf(userSymbols);
    check(vocabSize > SpecialTokens.ALL.size() + userSymbols.size(), "vocabSize", vocabSize);
    check(
        maxPieceLength >= 1 && maxPieceLength <= Byte.MAX_VALUE, "maxPieceLength", maxPieceLength);
    check(characterCoverage > 0 && characterCoverage <= 1, "characterCoverage", characterCoverage);
    check(seedSize >= vocabSize, "seedSize", seedSize);
    check(shrinkingFactor > 0 && shrinkingFactor < 1, "shrinkingFactor", shrinkingFactor);
    check(numSubIterations >= 1, "numSubIterations", numSubIterations);
  }

  private static void check(boolean ok, String name, Number value) {
    if (!ok) {
      throw new IllegalArgumentException(name + " is out of range: " + value);
    }
  }

  /** Pieces of text that the model has room for. */
  int numTextPieces() {
    return vocabSize - SpecialTokens.ALL.size() - userSymbols.size();
  }
}
