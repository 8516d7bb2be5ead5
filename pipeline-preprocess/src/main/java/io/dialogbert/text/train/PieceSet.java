package io.dialogbert.text.train;

import io.dialogbert.text.piece.Symbols;
import java.util.Arrays;

/**
 * Pieces during training: stretches of a text of symbols with their scores. The first {@code
 * numRequired} are the single characters, which are never pruned.
 *
 * @param text symbols; shared
 * @param numRequired how many pieces, from the first, are single characters
 * @param starts index in {@code text} of each piece
 * @param lengths symbols of each piece
 * @param scores natural logarithm of each piece's probability
 */
record PieceSet(int[] text, int numRequired, int[] starts, byte[] lengths, double[] scores) {
  int size() {
    return starts.length;
  }

  String string(int piece, Symbols symbols) {
    return symbols.string(text, starts[piece], lengths[piece]);
  }

  PieceSet withScores(double[] newScores) {
    return new PieceSet(text, numRequired, starts, lengths, newScores);
  }

  /** The pieces at some indices, which are ascending and hold all required ones. */
  PieceSet select(int[] indices) {
    int[] newStarts = new int[indices.length];
    byte[] newLengths = new byte[indices.length];
    for (int i = 0; i < indices.length; i++) {
      newStarts[i] = starts[indices[i]];
      newLengths[i] = lengths[indices[i]];
    }
    double[] newScores = Arrays.stream(indices).mapToDouble(i -> scores[i]).toArray();
    return new PieceSet(text, numRequired, newStarts, newLengths, newScores);
  }
}
