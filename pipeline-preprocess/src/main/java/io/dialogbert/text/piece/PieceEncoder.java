package io.dialogbert.text.piece;

/** Cuts segments into the pieces of a vocabulary. Immutable; shared by threads. */
public interface PieceEncoder {
  /**
   * Adds the pieces of the segment {@code text[start, end)}.
   *
   * @param startsWord whether the segment follows a space or starts the text
   * @param tag its part of speech, or empty
   */
  void encode(String text, int start, int end, boolean startsWord, String tag, Pieces out);

  /** Adds the pieces of a user symbol. */
  void encodeSymbol(int id, int start, int end, boolean startsWord, Pieces out);
}
