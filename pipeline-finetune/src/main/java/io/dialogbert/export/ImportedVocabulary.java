package io.dialogbert.export;

import io.dialogbert.common.BadInputException;
import io.dialogbert.text.SerializedTokenizer;
import io.dialogbert.text.TokenizerMethod;
import io.dialogbert.text.TokenizerSettings;
import io.dialogbert.text.normalize.Normalizer;
import io.dialogbert.text.piece.Piece;
import io.dialogbert.text.piece.PieceType;
import io.dialogbert.text.piece.SpareTokens;
import io.dialogbert.text.piece.SpecialTokens;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The pieces of a BERT's {@code vocab.txt} under this project's ids: special tokens first, spare
 * tokens last, the others in their order between.
 *
 * @param pieces each at the index that is its id
 * @param rows for each of them, its id in {@code vocab.txt}; -1 for a new one
 */
record ImportedVocabulary(List<Piece> pieces, int[] rows) {
  static final int NEW = -1;

  /** Longer than any message: BERT cuts no runs. */
  private static final int ANY_REPEATS = 1_000_000;

  /**
   * Takes the lines of a file.
   *
   * @param file its name, for messages
   * @throws BadInputException if a special token of BERT is missing, or a line is empty or repeated
   */
  static ImportedVocabulary of(List<String> lines, String file) {
    Map<String, Integer> ids = new HashMap<>();
    for (int id = 0; id < lines.size(); id++) {
      if (lines.get(id).isEmpty() || ids.put(lines.get(id), id) != null) {
        throw new BadInputException(
            file
                + " must have a piece of its own on each line, but line "
                + (id + 1)
                + " has none");
      }
    }
    List<Piece> pieces = new ArrayList<>();
    List<Integer> rows = new ArrayList<>();
    for (int id = 0; id < SpecialTokens.ALL.size(); id++) {
      String token = SpecialTokens.ALL.get(id);
      if (id != SpecialTokens.SEPT && !ids.containsKey(token)) {
        throw new BadInputException(file + " must have BERT's special tokens, but has no " + token);
      }
      pieces.add(new Piece(token, 0, SpecialTokens.type(id)));
      rows.add(ids.getOrDefault(token, NEW));
    }
    Set<String> moved = new HashSet<>(SpecialTokens.ALL);
    moved.addAll(SpareTokens.ALL);
    for (String line : lines) {
      if (!moved.contains(line)) {
        pieces.add(new Piece(line, 0, PieceType.NORMAL));
        rows.add(ids.get(line));
      }
    }
    SpareTokens.ALL.forEach(token -> rows.add(ids.getOrDefault(token, NEW)));
    return new ImportedVocabulary(
        SpareTokens.appendTo(pieces), rows.stream().mapToInt(Integer::intValue).toArray());
  }

  /** The tokenizer that cuts text as BERT's own does. */
  SerializedTokenizer tokenizer(boolean lowerCase) {
    return SerializedTokenizer.of(
        pieces,
        new TokenizerSettings(
            TokenizerMethod.BERT, new Normalizer(ANY_REPEATS, lowerCase), List.of()));
  }

  int numNew() {
    int count = 0;
    for (int row : rows) {
      count += row == NEW ? 1 : 0;
    }
    return count;
  }
}
