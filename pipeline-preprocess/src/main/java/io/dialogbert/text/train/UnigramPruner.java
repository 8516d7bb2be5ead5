package io.dialogbert.text.train;

import java.util.Arrays;

/**
 * Removes the pieces whose loss hurts the corpus likelihood least.
 *
 * @see <a href="https://arxiv.org/abs/1804.10959">Kudo 2018, section 3.2</a>
 */
final class UnigramPruner {
  private UnigramPruner() {}

  /**
   * Prunes once.
   *
   * @param words the corpus
   * @param pieces the pieces with their scores
   * @param targetSize how many pieces to keep, at least the number of required ones
   * @param minSize how many pieces to keep even if they are never used
   */
  static PieceSet prune(WordTable words, PieceSet pieces, int targetSize, int minSize) {
    PieceTrie trie = new PieceTrie(pieces);
    double[] loss = losses(pieces, trie, counts(words, pieces, trie));
    Arrays.fill(loss, 0, pieces.numRequired(), Double.POSITIVE_INFINITY);
    int useful = (int) Arrays.stream(loss).filter(l -> l > Double.NEGATIVE_INFINITY).count();
    return pieces.select(TopK.indices(loss, Math.min(targetSize, Math.max(useful, minSize))));
  }

  /** How often each piece occurs if each word is cut in its most probable way. */
  private static double[] counts(WordTable words, PieceSet pieces, PieceTrie trie) {
    return Chunks.sum(
        Chunks.run(
            words.size(),
            (from, to) -> {
              UnigramLattice lattice = new UnigramLattice(trie, pieces.scores());
              double[] counts = new double[pieces.size()];
              for (int word = from; word < to; word++) {
                lattice.setWord(words.text, words.start(word), words.start(word + 1));
                for (int piece : lattice.bestPieces(true)) {
                  counts[piece] += words.count(word);
                }
              }
              return counts;
            }));
  }

  /** The loss of log-likelihood without each piece; -infinity if the piece is never used. */
  private static double[] losses(PieceSet pieces, PieceTrie trie, double[] counts) {
    double total = Arrays.stream(counts).sum();
    double[] losses = new double[pieces.size()];
    Chunks.run(
        pieces.size(),
        (from, to) -> {
          UnigramLattice lattice = new UnigramLattice(trie, pieces.scores());
          for (int piece = Math.max(from, pieces.numRequired()); piece < to; piece++) {
            int start = pieces.starts()[piece];
            lattice.setWord(pieces.text(), start, start + pieces.lengths()[piece]);
            losses[piece] = loss(piece, lattice, counts, total);
          }
          return to;
        });
    return losses;
  }

  /**
   * The loss if all occurrences of a piece are cut into the next best pieces, which become more
   * frequent as a result.
   */
  private static double loss(int piece, UnigramLattice lattice, double[] counts, double total) {
    double count = counts[piece];
    if (count == 0 || lattice.bestPieces(true).length > 1) {
      return Double.NEGATIVE_INFINITY;
    }
    int[] alternative = lattice.bestPieces(false);
    double logTotal = Math.log(total + count * (alternative.length - 1));
    double alternativeScore = 0;
    for (int other : alternative) {
      alternativeScore += Math.log(counts[other] + count) - logTotal;
    }
    return count * (Math.log(count) - Math.log(total) - alternativeScore);
  }
}
