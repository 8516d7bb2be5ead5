package io.dialogbert.text.train;

import io.dialogbert.common.BadInputException;
import io.dialogbert.text.piece.Piece;
import io.dialogbert.text.piece.PieceType;
import io.dialogbert.text.piece.Symbols;
import io.dialogbert.text.piece.WordMark;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trains the vocabulary of a unigram language model. It starts from many substrings, estimates
 * their probabilities by EM, and prunes the least important until the target size is reached.
 *
 * <p>Seeds are weighted by word frequency. SentencePiece's trainer counts each line of a count
 * table once.
 *
 * @see <a href="https://arxiv.org/abs/1804.10959">Kudo 2018, section 3.2</a>
 */
public final class UnigramTrainer implements VocabularyTrainer {
  private static final Logger LOG = LoggerFactory.getLogger(UnigramTrainer.class);

  /** Pruning stops above the target size; the rest is selected by score. */
  private static final double SPARE_RATIO = 1.1;

  private final TrainerConfig config;
  private final boolean tagged;

  /**
   * Makes a trainer.
   *
   * @param tagged whether words end in their part of speech
   */
  public UnigramTrainer(TrainerConfig config, boolean tagged) {
    this.config = config;
    this.tagged = tagged;
  }

  @Override
  public List<Piece> train(Map<String, Long> wordCounts) {
    List<Piece> fixed = config.fixedPieces(WordMark.START);
    Symbols symbols = tagged ? Symbols.ofTaggedWords(wordCounts.keySet()) : Symbols.CODE_POINTS;
    WordTable words = WordTable.of(wordCounts, symbols, config.characterCoverage());
    int wanted = config.sizeWithoutSpares() - fixed.size();
    if (words.requiredSymbols.length > wanted) {
      throw wrongSize(
          "at least", words.requiredSymbols.length + fixed.size() + config.numSpareTokens());
    }
    PieceSet pieces = SeedPieces.find(words, config.maxPieceLength(), config.unigram().seedSize());
    LOG.info("{} words, {} seed pieces", words.size(), pieces.size());
    int spare = (int) (wanted * SPARE_RATIO);
    pieces = estimate(words, pieces, 0);
    if (pieces.size() < wanted) {
      int possible = pieces.size() + fixed.size() + config.numSpareTokens();
      if (possible < TrainerConfig.MIN_VOCAB_SIZE) {
        throw new BadInputException(
            "the corpus is too small: its %d words give a vocabulary of at most %d pieces, and vocab-size must be at least %d"
                .formatted(words.size(), possible, TrainerConfig.MIN_VOCAB_SIZE));
      }
      throw wrongSize("at most", possible);
    }
    while (pieces.size() > spare) {
      int target = Math.max(spare, (int) (pieces.size() * config.unigram().shrinkingFactor()));
      pieces = estimate(words, UnigramPruner.prune(words, pieces, target, spare), wanted);
    }
    return append(best(pieces, wanted), symbols, fixed);
  }

  private PieceSet estimate(WordTable words, PieceSet pieces, int minSize) {
    PieceSet estimated = pieces;
    for (int i = 0; i < config.unigram().numSubIterations(); i++) {
      estimated = UnigramEm.step(words, estimated, minSize);
    }
    return estimated;
  }

  /** The single characters and the most probable other pieces. */
  private static PieceSet best(PieceSet pieces, int wanted) {
    double[] keys = pieces.scores().clone();
    Arrays.fill(keys, 0, pieces.numRequired(), Double.POSITIVE_INFINITY);
    return pieces.select(TopK.indices(keys, wanted));
  }

  private static List<Piece> append(PieceSet pieces, Symbols symbols, List<Piece> all) {
    IntStream.range(0, pieces.size())
        .boxed()
        .sorted(Comparator.comparingDouble(piece -> -pieces.scores()[piece]))
        .map(
            i -> new Piece(pieces.string(i, symbols), (float) pieces.scores()[i], PieceType.NORMAL))
        .forEach(all::add);
    return all;
  }

  private BadInputException wrongSize(String bound, int possible) {
    return new BadInputException(
        "vocab-size must be %s %d for this corpus, but is %d"
            .formatted(bound, possible, config.vocabSize()));
  }
}
