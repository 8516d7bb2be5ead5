package io.dialogbert.text.piece;

/** Cuts segments into single characters. The word mark is a separate piece. */
public final class CharacterEncoder extends WordEncoder {
  public CharacterEncoder(Vocabulary vocabulary) {
    super(vocabulary);
  }

  @Override
  public void encode(String text, int start, int end, boolean startsWord, String tag, Pieces out) {
    if (startsWord) {
      encodeMark(start, out);
    }
    for (int i = start; i < end; ) {
      int next = i + Character.charCount(text.codePointAt(i));
      out.add(id(text.substring(i, next)), i, next);
      i = next;
    }
  }
}
