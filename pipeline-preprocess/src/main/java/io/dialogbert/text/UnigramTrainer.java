package io.dialogbert.text;

import io.dialogbert.common.BadInputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trains the vocabulary of a unigram language model: starts from many substrings, estimates their
 * probabilities by EM, and prunes those that matter least until the wanted number is left.
 *
 * <p>The same counts give the same model, whatever the order of the table and the number of cores.
 * Seeds are weighed by how often words occur, where SentencePiece's trainer takes each line of a
 * count table once.
 *
 * @see <a href="https://arxiv.org/abs/1804.10959">Kudo 2018, section 3.2</a>
 */
public final class UnigramTrainer {
  private static final Logger LOG = LoggerFactory.getLogger(UnigramTrainer.class);

  /** Pruning stops short of the wanted size; the rest is selected by score. */
  private static final double SPARE_RATIO = 1.1;

  private final UnigramConfig config;

  /** Makes a trainer. */
  public UnigramTrainer(UnigramConfig config) {
    this.config = config;
  }

  /**
   * Trains on a count table.
   *
   * @param wordCounts how often each segment occurs, positive; the segments are those of {@link
   *     TokenizerSettings#trainingSegmenter}
   * @return a model of exactly {@code vocabSize} pieces
   * @throws BadInputException if the table has too few substrings or too many characters for the
   *     size; names a size that is possible
   */
  public SentencePieceModel train(Map<String, Long> wordCounts) {
    WordTable words = WordTable.of(wordCounts, config.characterCoverage());
    int wanted = config.numTextPieces();
    if (words.requiredCharacters.length > wanted) {
      throw wrongSize("at least", words.requiredCharacters.length);
    }
    PieceSet pieces = SeedPieces.find(words, config.maxPieceLength(), config.seedSize());
    LOG.info("{} words, {} seed pieces", words.size(), pieces.size());
    int spare = (int) (wanted * SPARE_RATIO);
    pieces = estimate(words, pieces, 0);
    if (pieces.size() < wanted) {
      throw wrongSize("at most", pieces.size());
    }
    while (pieces.size() > spare) {
      int target = Math.max(spare, (int) (pieces.size() * config.shrinkingFactor()));
      pieces = estimate(words, UnigramPruner.prune(words, pieces, target, spare), wanted);
    }
    return model(best(pieces));
  }

  private PieceSet estimate(WordTable words, PieceSet pieces, int minSize) {
    PieceSet estimated = pieces;
    for (int i = 0; i < config.numSubIterations(); i++) {
      estimated = UnigramEm.step(words, estimated, minSize);
    }
    return estimated;
  }

  /** The single characters and the most probable of the other pieces. */
  private PieceSet best(PieceSet pieces) {
    double[] keys = pieces.scores().clone();
    Arrays.fill(keys, 0, pieces.numRequired(), Double.POSITIVE_INFINITY);
    return pieces.select(Largest.indices(keys, config.numTextPieces()));
  }

  private SentencePieceModel model(PieceSet pieces) {
    List<Piece> all = new ArrayList<>(config.vocabSize());
    for (int id = 0; id < SpecialTokens.ALL.size(); id++) {
      PieceType type = id == SpecialTokens.UNK ? PieceType.UNKNOWN : PieceType.CONTROL;
      all.add(new Piece(SpecialTokens.ALL.get(id), 0, type));
    }
    for (String symbol : config.userSymbols()) {
      all.add(new Piece(symbol, 0, PieceType.USER_DEFINED));
    }
    IntStream.range(0, pieces.size())
        .boxed()
        .sorted(Comparator.comparingDouble(piece -> -pieces.scores()[piece]))
        .map(i -> new Piece(pieces.string(i), (float) pieces.scores()[i], PieceType.NORMAL))
        .forEach(all::add);
    return new SentencePieceModel(all);
  }

  private BadInputException wrongSize(String bound, int numTextPieces) {
    int possible = config.vocabSize() - config.numTextPieces() + numTextPieces;
    return new BadInputException(
        "vocab-size must be %s %d for this corpus, but is %d"
            .formatted(bound, possible, config.vocabSize()));
  }
}
