package io.dialogbert.text.train;

import io.dialogbert.text.piece.Piece;
import io.dialogbert.text.piece.PieceType;
import io.dialogbert.text.piece.Symbols;
import io.dialogbert.text.piece.WordMark;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trains a WordPiece vocabulary by byte-pair encoding. It starts from single characters and joins
 * the most frequent pair of neighbors until the vocabulary has the target size. Ties go to the pair
 * with the shortest joined piece, then to one that starts a word, then to the first in code point
 * order.
 *
 * <p>The vocabulary holds all characters, and the joined pieces that occur in the final cut of the
 * words. A piece that is always part of a longer one is replaced by another.
 *
 * @see <a href="https://arxiv.org/abs/1508.07909">Sennrich, Haddow and Birch 2016, section 3.2</a>
 */
public final class BpeTrainer implements VocabularyTrainer {
  private static final Logger LOG = LoggerFactory.getLogger(BpeTrainer.class);

  /** A pair that occurs once teaches nothing. */
  private static final int MIN_PAIR_COUNT = 2;

  private final TrainerConfig config;

  public BpeTrainer(TrainerConfig config) {
    this.config = config;
  }

  @Override
  public List<Piece> train(Map<String, Long> wordCounts) {
    List<Piece> pieces = config.fixedPieces(WordMark.CONTINUATION);
    WordTable words = WordTable.of(wordCounts, Symbols.CODE_POINTS, config.characterCoverage());
    Merges merges =
        new Merges(
            words,
            config.maxPieceLength(),
            MIN_PAIR_COUNT,
            config.fixedTexts(WordMark.CONTINUATION));
    int wanted = config.sizeWithoutSpares() - pieces.size();
    boolean goesOn = true;
    while (goesOn && merges.vocabularySize() < wanted) {
      goesOn = merges.mergeBest().isPresent();
    }
    LOG.info("{} words, {} merges", words.size(), merges.numMerges());
    merges.vocabulary().stream()
        .limit(wanted)
        .forEach(piece -> pieces.add(new Piece(piece, 0, PieceType.NORMAL)));
    return pieces;
  }
}
