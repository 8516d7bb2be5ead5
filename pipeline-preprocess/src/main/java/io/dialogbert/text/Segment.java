package io.dialogbert.text;

/**
 * A stretch of text that subwords do not cross: a morpheme, a word or a user symbol.
 *
 * @param text the characters as they stand in the text, without spaces, never empty
 * @param startsWord whether it follows a space or starts the text
 * @param userSymbol whether it is a user symbol, which stays one piece
 */
public record Segment(String text, boolean startsWord, boolean userSymbol) {
  /** U+2581, which SentencePiece writes for a space. */
  public static final char WORD_START = '\u2581';

  /** The text with {@link #WORD_START} before it if it starts a word. */
  public String marked() {
    return startsWord ? WORD_START + text : text;
  }
}
