package io.dialogbert.distill.search;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Successive halving: all candidates train a little, the better half trains on for twice the steps,
 * and so on. Each stage costs about the same.
 *
 * @param numSteps steps of training from start to end
 * @param halvings number of times that half of the candidates is dropped
 * @see <a href="https://arxiv.org/abs/1502.07943">Jamieson and Talwalkar 2016, algorithm 1</a>
 */
record Halving(int numSteps, int halvings) {
  /** Steps from the start to the end of a stage, from 0 to {@code halvings}. */
  long steps(int stage) {
    return Math.max(1, (long) numSteps >> (halvings - stage));
  }

  /** The better half of the candidates, rounded up, in their order; of equals, the faster. */
  static List<Candidate> better(List<Candidate> candidates) {
    List<Candidate> sorted = new ArrayList<>(candidates);
    sorted.sort(
        Comparator.comparingDouble((Candidate one) -> -one.score())
            .thenComparingDouble(Candidate::latencyMs)
            .thenComparing(Candidate::shape));
    Set<String> kept = new HashSet<>();
    sorted.subList(0, (sorted.size() + 1) / 2).forEach(one -> kept.add(one.shape()));
    return candidates.stream().filter(one -> kept.contains(one.shape())).toList();
  }

  /**
   * The pick of the candidates that trained to the end: the fastest that scores enough, otherwise
   * the best.
   *
   * @param enough the least score that is good enough
   */
  static Candidate pick(List<Candidate> finalists, double enough) {
    return finalists.stream()
        .filter(one -> one.score() >= enough)
        .min(
            Comparator.comparingDouble(Candidate::latencyMs)
                .thenComparingLong(Candidate::parameters))
        .orElseGet(
            () ->
                finalists.stream()
                    .max(
                        Comparator.comparingDouble(Candidate::score)
                            .thenComparingDouble(one -> -one.latencyMs()))
                    .orElseThrow());
  }

  /**
   * Whether no other candidate is both faster and better, or one of these and equal in the other.
   */
  static boolean isOnFront(Candidate one, List<Candidate> all) {
    return all.stream()
        .noneMatch(
            other ->
                other.latencyMs() <= one.latencyMs()
                    && other.score() >= one.score()
                    && (other.latencyMs() < one.latencyMs() || other.score() > one.score()));
  }
}
