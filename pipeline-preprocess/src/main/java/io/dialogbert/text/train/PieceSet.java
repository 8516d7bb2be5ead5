package io.dialogbert.text.train;

import io.dialogbert.text.piece.Symbols;
import java.util.Arrays;

/**
 * Pieces during training: spans of a symbol text with their scores. The first {@code numRequired}
 * are the single characters, which are never pruned.
 *
 * @param text symbols; shared
 * @param numRequired how many pieces, counted from the first, are single characters
 * @param starts each piece's start index in {@code text}
 * @param lengths each piece's length in symbols
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

  /** The pieces at some indices. The indices must be ascending and include all required pieces. */
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
