package io.dialogbert.text.piece;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Tokens without a meaning of their own, for tasks to use as marks, such as the entities of a
 * relation. They are the last of a vocabulary, so no other id depends on their number. Text never
 * produces them, and masking neither chooses nor draws them. Tokenizers of format version 2 have
 * none.
 *
 * @see <a href="https://github.com/google-research/bert">BERT's vocabularies, {@code [unused0]} and
 *     so on</a>
 */
public final class SpareTokens {
  /** The spare tokens of a new vocabulary, in the order of their ids. */
  public static final List<String> ALL =
      IntStream.range(0, 16).mapToObj(i -> "[unused" + i + "]").toList();

  private SpareTokens() {}

  /** The pieces with the spare tokens after them. */
  public static List<Piece> appendTo(List<Piece> pieces) {
    List<Piece> all = new ArrayList<>(pieces);
    ALL.forEach(token -> all.add(new Piece(token, 0, PieceType.CONTROL)));
    return all;
  }
}
