package io.dialogbert.text;

import io.dialogbert.text.piece.Vocabulary;
import java.util.List;

/**
 * Turns messages into ids of a vocabulary and back. Immutable; one instance serves all threads.
 *
 * <p>Text is normalized first. Encoding never gives a spare token, nor a special token other than
 * {@code [UNK]}, even if the text spells one.
 */
public interface Tokenizer {
  /**
   * Encodes one text.
   *
   * @param text any text, well-formed or not
   * @param lang language code, {@code ko} or {@code ja}
   * @return ids in [0, vocabulary size); a new array, empty if the text has nothing visible
   * @throws IllegalArgumentException if the method needs the language and does not support it
   */
  int[] encode(String text, String lang);

  /** The tokens of one text with their positions, one for each id that {@link #encode} gives. */
  List<Token> tokenize(String text, String lang);

  /**
   * Decodes ids. This gives the normalized text if nothing in it was unknown. {@code [UNK]} and
   * {@code [MASK]} are written out; other special tokens are left out.
   *
   * @throws IndexOutOfBoundsException if an id is not in the vocabulary
   */
  String decode(int[] ids);

  /** The vocabulary that the ids refer to. */
  Vocabulary vocabulary();
}
