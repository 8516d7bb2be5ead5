package io.dialogbert.bench;

import io.dialogbert.text.piece.Piece;
import io.dialogbert.text.piece.PieceType;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How well a unigram model predicts segments of text. Its probabilities are normalized to sum to
 * one.
 */
final class UnigramQuality {
  private static final int MAX_PIECE_LENGTH = 16;

  /**
   * A model's result for one segment.
   *
   * @param logLikelihood over all segmentations, in nats; -infinity if a character has no piece
   * @param numTokens number of pieces in the most probable segmentation
   */
  record Result(double logLikelihood, int numTokens) {}

  private final Map<String, Double> logProbabilities = new HashMap<>();

  UnigramQuality(List<Piece> pieces) {
    List<Piece> normal = pieces.stream().filter(p -> p.type() == PieceType.NORMAL).toList();
    double logTotal = Math.log(normal.stream().mapToDouble(p -> Math.exp(p.score())).sum());
    normal.forEach(piece -> logProbabilities.put(piece.text(), piece.score() - logTotal));
  }

  /**
   * Measures one segment, marked if it starts a word.
   *
   * @see <a href="https://arxiv.org/abs/1804.10959">Kudo 2018, equations 2 and 3</a>
   */
  Result measure(String segment) {
    int length = segment.length();
    double[] all = new double[length + 1];
    double[] best = new double[length + 1];
    int[] numTokens = new int[length + 1];
    Arrays.fill(all, 1, length + 1, Double.NEGATIVE_INFINITY);
    Arrays.fill(best, 1, length + 1, Double.NEGATIVE_INFINITY);
    for (int from = 0; from < length; from++) {
      int longest = Math.min(length, from + 2 * MAX_PIECE_LENGTH);
      for (int to = from + 1; best[from] > Double.NEGATIVE_INFINITY && to <= longest; to++) {
        Double score = logProbabilities.get(segment.substring(from, to));
        if (score == null) {
          continue;
        }
        all[to] = logSumExp(all[to], all[from] + score);
        if (best[from] + score > best[to]) {
          best[to] = best[from] + score;
          numTokens[to] = numTokens[from] + 1;
        }
      }
    }
    return new Result(all[length], numTokens[length]);
  }

  private static double logSumExp(double a, double b) {
    double larger = Math.max(a, b);
    return larger + Math.log1p(Math.exp(Math.min(a, b) - larger));
  }
}
