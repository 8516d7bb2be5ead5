package io.dialogbert.distill.student;

import io.dialogbert.common.BadInputException;
import io.dialogbert.text.piece.Piece;
import io.dialogbert.text.piece.PieceType;
import io.dialogbert.text.piece.Symbols;
import io.dialogbert.text.piece.Vocabulary;
import io.dialogbert.text.piece.WordMark;
import io.dialogbert.text.segment.Segmenter;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Chooses the pieces that a smaller vocabulary keeps. A text of which every piece is kept is cut as
 * before: a unigram model still finds its best pieces, and the longest match is still there.
 *
 * <ul>
 *   <li>Always: special and spare tokens, user symbols, bytes, the mark of a word's start, parts of
 *       speech, and the least probable piece, which sets what an unknown character costs.
 *   <li>Pieces that are used often enough.
 *   <li>The characters of the pieces that are removed although they are used, so that these are cut
 *       into more pieces instead of becoming unknown.
 * </ul>
 */
public final class KeptPieces {
  private static final String WORD_START = String.valueOf(Segmenter.WORD_START);

  private KeptPieces() {}

  /**
   * Chooses.
   *
   * @param counts how often each piece is used, by id
   * @param minCount pieces that are used at least so often are kept, at least 1
   * @return their ids, ascending
   * @throws BadInputException if no piece of text is used so often
   */
  public static int[] of(Vocabulary vocabulary, long[] counts, long minCount) {
    if (IntStream.range(0, counts.length)
        .noneMatch(id -> !vocabulary.isSpecial(id) && counts[id] >= minCount)) {
      throw new BadInputException(
          "no piece of the vocabulary is used min-count = "
              + minCount
              + " times; give more text, or a smaller min-count");
    }
    Set<String> characters = characters(vocabulary, counts, minCount);
    int rarest = leastProbable(vocabulary);
    return IntStream.range(0, vocabulary.size())
        .filter(
            id ->
                id == rarest
                    || counts[id] >= minCount
                    || isFixed(vocabulary, id)
                    || characters.contains(vocabulary.piece(id)))
        .toArray();
  }

  private static boolean isFixed(Vocabulary vocabulary, int id) {
    Piece piece = vocabulary.get(id);
    return vocabulary.isSpecial(id)
        || piece.type() != PieceType.NORMAL
        || piece.text().equals(WORD_START)
        || isPartOfSpeech(piece.text());
  }

  private static boolean isPartOfSpeech(String piece) {
    return piece.length() > 1
        && piece.charAt(0) == Symbols.TAG_START
        && Character.isLetter(piece.codePointAt(1));
  }

  /** The piece of least score, the first of equals. */
  private static int leastProbable(Vocabulary vocabulary) {
    int least = -1;
    for (int id = 0; id < vocabulary.size(); id++) {
      Piece piece = vocabulary.get(id);
      if (piece.type() == PieceType.NORMAL
          && piece.score() < 0
          && (least < 0 || piece.score() < vocabulary.get(least).score())) {
        least = id;
      }
    }
    return least;
  }

  /** The characters of used pieces that are removed, as pieces at a word's start and inside one. */
  private static Set<String> characters(Vocabulary vocabulary, long[] counts, long minCount) {
    Set<String> characters = new HashSet<>();
    for (int id = 0; id < counts.length; id++) {
      if (counts[id] > 0 && counts[id] < minCount) {
        String piece = vocabulary.piece(id);
        piece
            .codePoints()
            .mapToObj(Character::toString)
            .forEach(
                character -> {
                  characters.add(character);
                  characters.add(WORD_START + character);
                  characters.add(WordMark.CONTINUES + character);
                });
      }
    }
    return characters;
  }
}
