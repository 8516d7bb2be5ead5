package io.dialogbert.text.piece;

import io.dialogbert.text.segment.Segmenter;
import java.util.List;

/** How pieces mark word starts. */
public enum WordMark {
  /** U+2581 at the start of a piece that follows a space, as in SentencePiece. */
  START {
    @Override
    boolean startsWord(String piece) {
      return piece.charAt(0) == Segmenter.WORD_START;
    }

    @Override
    public void append(String piece, StringBuilder text) {
      text.append(piece.replace(Segmenter.WORD_START, ' '));
    }

    @Override
    String insideWord(String piece) {
      return startsWord(piece) ? piece.substring(1) : piece;
    }

    @Override
    public List<String> formsOfSymbol(String symbol) {
      return List.of(symbol);
    }
  },
  /** {@code ##} at the start of a piece that does not, as in WordPiece. */
  CONTINUATION {
    @Override
    boolean startsWord(String piece) {
      return !piece.startsWith(CONTINUES);
    }

    @Override
    public void append(String piece, StringBuilder text) {
      if (startsWord(piece)) {
        text.append(' ').append(piece);
      } else {
        text.append(piece, CONTINUES.length(), piece.length());
      }
    }

    @Override
    String insideWord(String piece) {
      return startsWord(piece) ? CONTINUES + piece : piece;
    }

    @Override
    public List<String> formsOfSymbol(String symbol) {
      return List.of(symbol, CONTINUES + symbol);
    }
  };

  public static final String CONTINUES = "##";

  abstract boolean startsWord(String piece);

  /** The piece with the same letters that does not start a word. */
  abstract String insideWord(String piece);

  /** Appends a piece to a text that is being decoded. The decoded text then starts with a space. */
  public abstract void append(String piece, StringBuilder text);

  /** The pieces that a user symbol needs. */
  public abstract List<String> formsOfSymbol(String symbol);
}
