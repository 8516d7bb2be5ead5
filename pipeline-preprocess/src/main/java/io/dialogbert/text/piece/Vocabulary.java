package io.dialogbert.text.piece;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * The pieces of a tokenizer and their ids. Immutable.
 *
 * <p>Ids 0 to 5 are {@link SpecialTokens}; user symbols follow them, then the pieces of text, then
 * {@link SpareTokens}.
 */
public final class Vocabulary {
  private final List<Piece> pieces;
  private final WordMark mark;
  private final Map<String, Integer> ids;
  private final int firstSpareId;

  /**
   * Makes a vocabulary.
   *
   * @param pieces the pieces, each at the index that is its id
   * @param mark how pieces mark word starts
   * @throws IllegalArgumentException if the special tokens do not have their ids and types, if
   *     another piece of type CONTROL is not among the last, or if a piece is empty or a duplicate;
   *     names the id
   */
  public Vocabulary(List<Piece> pieces, WordMark mark) {
    this.pieces = List.copyOf(pieces);
    this.mark = mark;
    this.ids = new HashMap<>(pieces.size() * 2);
    for (int id = 0; id < pieces.size(); id++) {
      String text = pieces.get(id).text();
      if (text.isEmpty() || ids.put(text, id) != null) {
        throw new IllegalArgumentException(
            "a piece must be unique and not empty, but that of id " + id + " is not");
      }
    }
    for (int id = 0; id < SpecialTokens.ALL.size(); id++) {
      PieceType type = SpecialTokens.type(id);
      String token = SpecialTokens.ALL.get(id);
      if (id >= pieces.size()
          || !pieces.get(id).text().equals(token)
          || pieces.get(id).type() != type) {
        throw new IllegalArgumentException(
            "id " + id + " must be the special token " + token + " of type " + type);
      }
    }
    int first = pieces.size();
    while (first > SpecialTokens.ALL.size() && isControl(first - 1)) {
      first--;
    }
    firstSpareId = first;
    for (int id = SpecialTokens.ALL.size(); id < firstSpareId; id++) {
      if (isControl(id)) {
        throw new IllegalArgumentException(
            "spare tokens must be last, but id " + id + " is of type " + PieceType.CONTROL);
      }
    }
  }

  private boolean isControl(int id) {
    return pieces.get(id).type() == PieceType.CONTROL;
  }

  /** Number of pieces, special tokens, user symbols and spare tokens included. */
  public int size() {
    return pieces.size();
  }

  /** Number of pieces without the spare tokens, which have the ids from there on. */
  public int sizeWithoutSpares() {
    return firstSpareId;
  }

  /** Ids of the {@link SpareTokens}, ascending; empty if this vocabulary has none. */
  public int[] spareIds() {
    return IntStream.range(firstSpareId, size()).toArray();
  }

  public Piece get(int id) {
    return pieces.get(id);
  }

  /**
   * The piece of an id.
   *
   * @throws IndexOutOfBoundsException if the id is not in [0, size)
   */
  public String piece(int id) {
    return pieces.get(id).text();
  }

  /** The id of a piece, empty if it is not in the vocabulary. */
  public OptionalInt id(String piece) {
    Integer id = ids.get(piece);
    return id == null ? OptionalInt.empty() : OptionalInt.of(id);
  }

  /** Whether the piece follows a space or starts a text. */
  public boolean isWordStart(int id) {
    return mark.startsWord(piece(id));
  }

  /**
   * The pieces of a text that goes on inside a word, instead of starting one.
   *
   * @param ids of the text by itself, at least one; the first keeps its id if it has no form inside
   *     words
   */
  public int[] insideWord(int[] ids) {
    String inside = mark.insideWord(piece(ids[0]));
    if (inside.isEmpty()) {
      return Arrays.copyOfRange(ids, 1, ids.length);
    }
    int[] result = ids.clone();
    result[0] = id(inside).orElse(ids[0]);
    return result;
  }

  /** Whether the id is one of {@link SpecialTokens}, {@code [UNK]} included, or a spare token. */
  public boolean isSpecial(int id) {
    return id < SpecialTokens.ALL.size() || id >= firstSpareId;
  }
}
