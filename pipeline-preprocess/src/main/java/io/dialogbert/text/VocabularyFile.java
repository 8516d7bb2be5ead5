package io.dialogbert.text;

import io.dialogbert.text.piece.Piece;
import io.dialogbert.text.piece.PieceType;
import io.dialogbert.text.piece.SpecialTokens;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The file {@code vocab.txt}, as in BERT: one piece per line, in id order. */
final class VocabularyFile {
  private VocabularyFile() {}

  static byte[] toBytes(List<Piece> pieces) {
    StringBuilder lines = new StringBuilder();
    pieces.forEach(piece -> lines.append(piece.text()).append('\n'));
    return lines.toString().getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Reads the pieces.
   *
   * @param userSymbols pieces of type {@link PieceType#USER_DEFINED}
   * @param spareTokens pieces of type {@link PieceType#CONTROL}, next to the special tokens
   * @throws IllegalArgumentException if the bytes are not UTF-8 lines
   */
  static List<Piece> parse(byte[] bytes, List<String> userSymbols, List<String> spareTokens) {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("must be UTF-8", e);
    }
    if (!text.endsWith("\n")) {
      throw new IllegalArgumentException("must end with a line break");
    }
    List<Piece> pieces = new ArrayList<>();
    for (String line : text.substring(0, text.length() - 1).split("\n", -1)) {
      int id = pieces.size();
      pieces.add(new Piece(line, 0, type(id, line, userSymbols, spareTokens)));
    }
    return pieces;
  }

  private static PieceType type(
      int id, String piece, List<String> userSymbols, List<String> spareTokens) {
    if (id < SpecialTokens.ALL.size()) {
      return SpecialTokens.type(id);
    }
    if (spareTokens.contains(piece)) {
      return PieceType.CONTROL;
    }
    return userSymbols.contains(piece) ? PieceType.USER_DEFINED : PieceType.NORMAL;
  }
}
