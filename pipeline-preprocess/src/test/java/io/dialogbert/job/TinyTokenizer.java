package io.dialogbert.job;

import io.dialogbert.text.SerializedTokenizer;
import io.dialogbert.text.TokenizerMethod;
import io.dialogbert.text.TokenizerSettings;
import io.dialogbert.text.normalize.Normalizer;
import io.dialogbert.text.piece.Piece;
import io.dialogbert.text.piece.PieceType;
import io.dialogbert.text.piece.SpecialTokens;
import java.util.ArrayList;
import java.util.List;

/** Tokenizers for tests that need ids, not text. */
public final class TinyTokenizer {
  private TinyTokenizer() {}

  /**
   * A tokenizer whose pieces are single rare characters.
   *
   * @param maxRepeats setting that distinguishes it from others
   */
  public static SerializedTokenizer of(int vocabSize, int maxRepeats) {
    List<Piece> pieces = new ArrayList<>();
    for (String token : SpecialTokens.ALL) {
      PieceType type = pieces.size() == SpecialTokens.UNK ? PieceType.UNKNOWN : PieceType.CONTROL;
      pieces.add(new Piece(token, 0, type));
    }
    while (pieces.size() < vocabSize) {
      pieces.add(new Piece(Character.toString(0x20000 + pieces.size()), -4, PieceType.NORMAL));
    }
    return SerializedTokenizer.of(
        pieces,
        new TokenizerSettings(
            TokenizerMethod.SUBWORD, new Normalizer(maxRepeats, false), List.of()));
  }
}
