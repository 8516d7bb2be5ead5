package io.dialogbert.text.train;

import io.dialogbert.text.piece.Piece;
import io.dialogbert.text.piece.PieceType;
import io.dialogbert.text.piece.SpareTokens;
import io.dialogbert.text.piece.SpecialTokens;
import io.dialogbert.text.piece.WordMark;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Settings of a {@link VocabularyTrainer}. Names and usual values follow SentencePiece.
 *
 * @param vocabSize number of pieces, special tokens, user symbols and spare tokens included
 * @param numSpareTokens number of pieces to leave for spare tokens, which come after the trained
 *     ones
 * @param maxPieceLength longest piece in code points, the word mark included, in [1, 127]
 * @param characterCoverage share of all characters that must be pieces, in (0, 1]; the rarest other
 *     characters become {@code [UNK]} or bytes
 * @param byteFallback whether a character without a piece is written as its UTF-8 bytes, using 256
 *     byte pieces; unigram models only
 * @param userSymbols symbols that stay whole; they get the ids after the special tokens
 * @param unigram settings of the unigram trainer only
 */
public record TrainerConfig(
    int vocabSize,
    int numSpareTokens,
    int maxPieceLength,
    double characterCoverage,
    boolean byteFallback,
    List<String> userSymbols,
    Unigram unigram) {
  /** The minimum {@code vocab-size} of a configuration. */
  public static final int MIN_VOCAB_SIZE = 100;

  /**
   * Settings of {@link UnigramTrainer}.
   *
   * @param seedSize maximum number of substrings that training starts from
   * @param shrinkingFactor share of the pieces that each round of pruning keeps, in (0, 1)
   * @param numSubIterations EM steps in each round, at least 1
   */
  public record Unigram(int seedSize, double shrinkingFactor, int numSubIterations) {
    /** Checks the ranges. */
    public Unigram {
      check(seedSize >= 1, "seed-size", seedSize);
      check(shrinkingFactor > 0 && shrinkingFactor < 1, "shrinking-factor", shrinkingFactor);
      check(numSubIterations >= 1, "num-sub-iterations", numSubIterations);
    }
  }

  /** Checks the ranges. */
  public TrainerConfig {
    userSymbols = List.copyOf(userSymbols);
    check(
        maxPieceLength >= 1 && maxPieceLength <= Byte.MAX_VALUE,
        "max-piece-length",
        maxPieceLength);
    check(characterCoverage > 0 && characterCoverage <= 1, "character-coverage", characterCoverage);
    if (unigram.seedSize() < vocabSize) {
      throw new IllegalArgumentException(
          "seed-size = %d must be at least vocab-size = %d"
              .formatted(unigram.seedSize(), vocabSize));
    }
  }

  /** Settings of a vocabulary without spare tokens. */
  public TrainerConfig(
      int vocabSize,
      int maxPieceLength,
      double characterCoverage,
      boolean byteFallback,
      List<String> userSymbols,
      Unigram unigram) {
    this(vocabSize, 0, maxPieceLength, characterCoverage, byteFallback, userSymbols, unigram);
  }

  /** Number of pieces that are fixed or trained: all but the spare tokens. */
  int sizeWithoutSpares() {
    return vocabSize - numSpareTokens;
  }

  private static void check(boolean ok, String name, Number value) {
    if (!ok) {
      throw new IllegalArgumentException(name + " = " + value + " is out of range");
    }
  }

  /**
   * Texts of the pieces that need no training, spare tokens included. No other piece may have the
   * same text.
   */
  public Set<String> fixedTexts(WordMark mark) {
    return SpareTokens.appendTo(fixedPieces(mark)).stream()
        .map(Piece::text)
        .collect(Collectors.toSet());
  }

  /**
   * The pieces that need no training: special tokens, user symbols, bytes.
   *
   * @param mark how pieces mark word starts
   * @throws IllegalArgumentException if they leave no room for others
   */
  public List<Piece> fixedPieces(WordMark mark) {
    List<Piece> pieces = new ArrayList<>();
    for (int id = 0; id < SpecialTokens.ALL.size(); id++) {
      pieces.add(new Piece(SpecialTokens.ALL.get(id), 0, SpecialTokens.type(id)));
    }
    for (String symbol : userSymbols) {
      for (String form : mark.formsOfSymbol(symbol)) {
        pieces.add(new Piece(form, 0, PieceType.USER_DEFINED));
      }
    }
    for (int b = 0; byteFallback && b < 256; b++) {
      pieces.add(new Piece("<0x%02X>".formatted(b), 0, PieceType.BYTE));
    }
    if (pieces.size() >= sizeWithoutSpares()) {
      throw new IllegalArgumentException(
          "vocab-size must be more than the %d special tokens, user symbols and bytes, but is %d"
              .formatted(pieces.size() + numSpareTokens, vocabSize));
    }
    return pieces;
  }
}
