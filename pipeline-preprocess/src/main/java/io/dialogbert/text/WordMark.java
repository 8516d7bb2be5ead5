package io.dialogbert.text;

import java.util.List;

/** How pieces tell where words start. */
enum WordMark {
  /** U+2581 at the start of what follows a space, as SentencePiece has it. */
  START {
    @Override
    boolean startsWord(String piece) {
      return piece.charAt(0) == Segmenter.WORD_START;
    }

    @Override
    void append(String piece, StringBuilder text) {
      text.append(piece.replace(Segmenter.WORD_START, ' '));
    }

    @Override
    List<String> formsOfSymbol(String symbol) {
      return List.of(symbol);
    }
  },
  /** {@code ##} at the start of what does not, as WordPiece has it. */
  CONTINUATION {
    @Override
    boolean startsWord(String piece) {
      return !piece.startsWith(CONTINUES);
    }

    @Override
    void append(String piece, StringBuilder text) {
      if (startsWord(piece)) {
        text.append(' ').append(piece);
      } else {
        text.append(piece, CONTINUES.length(), piece.length());
      }
    }

    @Override
    List<String> formsOfSymbol(String symbol) {
      return List.of(symbol, CONTINUES + symbol);
    }
  };

  static final String CONTINUES = "##";

  abstract boolean startsWord(String piece);

  /** Appends a piece to a text that is being decoded, which then has a space at its start. */
  abstract void append(String piece, StringBuilder text);

  /** The pieces that a user symbol needs. */
  abstract List<String> formsOfSymbol(String symbol);
}
