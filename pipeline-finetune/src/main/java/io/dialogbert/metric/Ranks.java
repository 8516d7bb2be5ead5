package io.dialogbert.metric;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;

/**
 * The ranks of the one right answer among each query's candidates: of the true class among the
 * classes, or of the true reply among 100.
 *
 * @param ranks for each query the rank from 1, or {@link #ABSENT}; at least one
 */
public record Ranks(int[] ranks) {
  /** The rank of an answer that is not among the candidates. */
  public static final int ABSENT = Integer.MAX_VALUE;

  public Ranks {
    Checks.notEmpty(ranks.length);
    for (int i = 0; i < ranks.length; i++) {
      if (ranks[i] < 1) {
        throw new IllegalArgumentException(
            "rank %d of query %d must be at least 1".formatted(ranks[i], i));
      }
    }
  }

  /**
   * The rank of a candidate by descending score. Candidates with an equal score come before it, so
   * a model that gives all the same score is last, not first.
   *
   * @param scores float32 [candidates], no NaN
   * @param answer index of the right candidate
   * @return in [1, candidates]
   */
  public static int of(float[] scores, int answer) {
    double score = Checks.notNaN(scores[answer], answer);
    int rank = 0;
    for (int i = 0; i < scores.length; i++) {
      if (Checks.notNaN(scores[i], i) >= score) {
        rank++;
      }
    }
    return rank;
  }

  /**
   * The share of queries whose answer is among the first k. This is top-k accuracy if candidates
   * are classes, and R_n@k if they are n replies, one of which is right.
   */
  public double recallAt(int k) {
    return mean(rank -> rank <= k ? 1 : 0);
  }

  /** The mean of 1 / rank; an absent answer counts 0. */
  public double meanReciprocalRank() {
    return mean(rank -> rank == ABSENT ? 0 : 1.0 / rank);
  }

  /** The mean NDCG@k, which for one right answer is 1 / log2(1 + rank), and 0 beyond k. */
  public double ndcgAt(int k) {
    return mean(rank -> rank <= k ? RankedItems.discount(rank) : 0);
  }

  private double mean(IntToDoubleFunction value) {
    return Arrays.stream(ranks).mapToDouble(value).sum() / ranks.length;
  }
}
