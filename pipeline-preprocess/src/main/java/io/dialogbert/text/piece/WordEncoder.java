package io.dialogbert.text.piece;

import io.dialogbert.text.segment.Segmenter;

/** Looks up whole segments: each is a piece or unknown. */
public class WordEncoder implements PieceEncoder {
  private static final String MARK = String.valueOf(Segmenter.WORD_START);

  private final Vocabulary vocabulary;

  public WordEncoder(Vocabulary vocabulary) {
    this.vocabulary = vocabulary;
  }

  final int id(String piece) {
    int id = vocabulary.id(piece).orElse(SpecialTokens.UNK);
    return vocabulary.get(id).type() == PieceType.NORMAL ? id : SpecialTokens.UNK;
  }

  final void encodeMark(int start, Pieces out) {
    out.add(id(MARK), start, start);
  }

  @Override
  public void encode(String text, int start, int end, boolean startsWord, String tag, Pieces out) {
    String segment = text.substring(start, end);
    out.add(id(startsWord ? MARK + segment : segment), start, end);
  }

  @Override
  public void encodeSymbol(int id, int start, int end, boolean startsWord, Pieces out) {
    if (startsWord) {
      encodeMark(start, out);
    }
    out.add(id, start, end);
  }
}
