package io.dialogbert.task.correct;

import io.dialogbert.common.Seeds;
import java.io.Serializable;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The n-grams of a text's tokens, hashed (Weinberger et al. 2009, arXiv:0902.2206). Those of the
 * two texts of a pair are different features, and those that both have are further ones.
 *
 * @param longest number of tokens of the longest n-grams, at least 1
 * @param numBuckets number of different features
 */
public record NgramFeatures(int longest, int numBuckets) implements Serializable {
  private enum Side {
    FIRST,
    SECOND,
    BOTH
  }

  /**
   * The features of a text or a pair.
   *
   * @param second empty for a single text
   * @return buckets, ascending, each once
   */
  public int[] of(int[] first, int[] second) {
    Set<Long> ofFirst = ngrams(first);
    Set<Long> ofSecond = ngrams(second);
    Set<Long> both = new HashSet<>(ofFirst);
    both.retainAll(ofSecond);
    return Stream.of(
            buckets(Side.FIRST, ofFirst), buckets(Side.SECOND, ofSecond), buckets(Side.BOTH, both))
        .flatMapToInt(buckets -> buckets)
        .sorted()
        .distinct()
        .toArray();
  }

  private IntStream buckets(Side side, Set<Long> ngrams) {
    return ngrams.stream().mapToInt(ngram -> Math.floorMod(Seeds.hash(ngram, side), numBuckets));
  }

  private Set<Long> ngrams(int[] tokens) {
    Set<Long> hashes = new HashSet<>();
    for (int from = 0; from < tokens.length; from++) {
      long hash = 0;
      for (int at = from; at < Math.min(tokens.length, from + longest); at++) {
        hash = Seeds.hash(hash, tokens[at]);
        hashes.add(hash);
      }
    }
    return hashes;
  }
}
