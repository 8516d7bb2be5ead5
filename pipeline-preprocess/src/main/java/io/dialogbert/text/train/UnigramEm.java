package io.dialogbert.text.train;

import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Estimates the probabilities of pieces by expectation maximization, with a prior that favors few
 * pieces.
 *
 * @see <a href="https://arxiv.org/abs/1804.10959">Kudo 2018, section 3.2</a>
 * @see <a href="https://cs.stanford.edu/~pliang/papers/tutorial-acl2007-talk.pdf">Liang and Klein
 *     2007, on the digamma function in the M step</a>
 */
final class UnigramEm {
  private static final Logger LOG = LoggerFactory.getLogger(UnigramEm.class);

  /** Pieces with a lower expected count are dropped. */
  private static final double MIN_EXPECTED_COUNT = 0.5;

  private UnigramEm() {}

  /**
   * Runs one step.
   *
   * @param minSize how many pieces to keep even if their expected counts are low
   * @return the pieces kept, with new scores
   */
  static PieceSet step(WordTable words, PieceSet pieces, int minSize) {
    double[] expected = expectedCounts(words, pieces);
    int[] kept = keptIndices(expected, pieces.numRequired(), minSize);
    double[] counts =
        Arrays.stream(kept)
            .mapToDouble(piece -> Math.max(expected[piece], MIN_EXPECTED_COUNT))
            .toArray();
    double logTotal = digamma(Arrays.stream(counts).sum());
    double[] scores = Arrays.stream(counts).map(count -> digamma(count) - logTotal).toArray();
    return pieces.select(kept).withScores(scores);
  }

  private record Expectation(double[] counts, double logLikelihood) {}

  private static double[] expectedCounts(WordTable words, PieceSet pieces) {
    PieceTrie trie = new PieceTrie(pieces);
    List<Expectation> parts =
        Chunks.run(
            words.size(),
            (from, to) -> {
              UnigramLattice lattice = new UnigramLattice(trie, pieces.scores());
              double[] counts = new double[pieces.size()];
              double logLikelihood = 0;
              for (int word = from; word < to; word++) {
                long count = words.count(word);
                lattice.setWord(words.text, words.start(word), words.start(word + 1));
                logLikelihood += count * lattice.addExpectedCounts(count, counts);
              }
              return new Expectation(counts, logLikelihood);
            });
    double logLikelihood = parts.stream().mapToDouble(Expectation::logLikelihood).sum();
    LOG.info(
        "{} pieces, log-likelihood {} nats per word",
        pieces.size(),
        logLikelihood / words.totalCount());
    return Chunks.sum(parts.stream().map(Expectation::counts).toList());
  }

  private static int[] keptIndices(double[] expected, int numRequired, int minSize) {
    double[] keys = expected.clone();
    Arrays.fill(keys, 0, numRequired, Double.POSITIVE_INFINITY);
    int frequent = (int) Arrays.stream(keys).filter(key -> key >= MIN_EXPECTED_COUNT).count();
    return TopK.indices(keys, Math.max(frequent, minSize));
  }

  /**
   * The digamma function for positive numbers: the derivative of the logarithm of the gamma
   * function.
   *
   * @see <a href="https://dlmf.nist.gov/5.11#E2">DLMF 5.11.2 (asymptotic expansion) and 5.5.2
   *     (recurrence)</a>
   */
  static double digamma(double x) {
    double shift = 0;
    double y = x;
    while (y < 10) {
      shift -= 1 / y;
      y++;
    }
    double inverse = 1 / (y * y);
    double series = inverse * (1.0 / 12 - inverse * (1.0 / 120 - inverse / 252));
    return shift + Math.log(y) - 0.5 / y - series;
  }
}
