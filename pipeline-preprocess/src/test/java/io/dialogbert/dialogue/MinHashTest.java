package io.dialogbert.dialogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MinHashTest {
  private static final long SEED = Long.getLong("tests.seed", 20191029L);
  private static final String NOTE = "tests.seed " + SEED;
  private static final DuplicateConfig CONFIG = new DuplicateConfig(0.85, 5, 128);
  private static final int SHINGLES = 400;

  private final SplittableRandom random = new SplittableRandom(SEED);

  @ParameterizedTest
  @ValueSource(doubles = {0.1, 0.5, 0.85, 0.95})
  void estimatesTheSimilarityWithoutBias(double similarity) {
    MinHash minHash = new MinHash(128);
    int pairs = 500;
    double sum = 0;
    double exact = 0;
    double spread = 0;
    for (int i = 0; i < pairs; i++) {
      long[][] pair = pair(similarity);
      exact = Shingles.jaccard(sorted(pair[0]), sorted(pair[1]));
      double estimate = equalShare(minHash.signature(pair[0]), minHash.signature(pair[1]));
      sum += estimate;
      spread += (estimate - exact) * (estimate - exact);
    }
    // Four standard deviations of a binomial share of all values; one estimate is binomial.
    double variance = exact * (1 - exact) / 128;
    assertThat(sum / pairs).as(NOTE).isCloseTo(exact, within(4 * Math.sqrt(variance / pairs)));
    assertThat(spread / pairs / variance).as(NOTE).isBetween(0.7, 1.4);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.4, 0.6, 0.7, 0.8, 0.85, 0.9})
  void pairsMeetInABandAsOftenAsTheCurveSays(double similarity) {
    MinHash minHash = new MinHash(128);
    int pairs = 1000;
    int met = 0;
    double exact = 0;
    for (int i = 0; i < pairs; i++) {
      long[][] pair = pair(similarity);
      exact = Shingles.jaccard(sorted(pair[0]), sorted(pair[1]));
      met += meet(minHash.signature(pair[0]), minHash.signature(pair[1])) ? 1 : 0;
    }
    double expected = CONFIG.collisionProbability(exact);
    double deviation = Math.sqrt(expected * (1 - expected) / pairs);
    assertThat((double) met / pairs)
        .as(NOTE)
        .isCloseTo(expected, within(4 * deviation + 1.0 / pairs));
  }

  @Test
  void bandsFollowFromThresholdAndHashes() {
    assertThat(CONFIG.bands()).isEqualTo(16);
    assertThat(CONFIG.rows()).isEqualTo(8);
    for (double threshold : new double[] {0.5, 0.7, 0.85, 0.95, 0.99}) {
      DuplicateConfig config = new DuplicateConfig(threshold, 5, 128);
      assertThat(config.bands() * config.rows()).isLessThanOrEqualTo(128);
      assertThat(config.collisionProbability(threshold)).isGreaterThanOrEqualTo(0.99);
    }
    assertThat(CONFIG.looksForNearDuplicates()).isTrue();
    assertThat(new DuplicateConfig(1, 5, 128).looksForNearDuplicates()).isFalse();
    assertThatThrownBy(() -> new DuplicateConfig(0.4, 5, 128))
        .hasMessage("near-duplicate-threshold = 0.4 must be between 0.5 and 1");
    assertThatThrownBy(() -> new DuplicateConfig(0.8, 0, 128))
        .hasMessage("shingle-length = 0 and num-hashes = 128 must be at least 1");
    assertThat(new DuplicateConfig(0.85, 5, 3).collisionProbability(0.85))
        .isGreaterThanOrEqualTo(0.99);
    assertThatThrownBy(() -> new DuplicateConfig(0.85, 5, 2))
        .hasMessage(
            "num-hashes = 2 are too few: 99 % of the pairs at near-duplicate-threshold = 0.85 must be"
                + " found, and only 97 % would be");
  }

  @Test
  void bandsOfOtherLanguagesAndPlacesDiffer() {
    int[] equal = new int[8];
    long[] bands = MinHash.bands(equal, 4, 2, 1);
    assertThat(bands).doesNotHaveDuplicates();
    assertThat(bands).doesNotContain(MinHash.bands(equal, 4, 2, 0x123456789L));
    equal[7]++;
    assertThat(MinHash.bands(equal, 4, 2, 1)).startsWith(bands[0], bands[1], bands[2]);
    assertThat(MinHash.bands(equal, 4, 2, 1)[3]).isNotEqualTo(bands[3]);
  }

  @Test
  void noShinglesHaveNoSignature() {
    assertThatThrownBy(() -> new MinHash(4).signature(new long[0]))
        .hasMessage("a set without shingles has no first one");
  }

  @Test
  void shinglesAreTheRunsOfCharactersWithoutSpaces() {
    for (int i = 0; i < 200; i++) {
      String text =
          random
              .ints(random.nextInt(40), 0, 6)
              .mapToObj(c -> c == 0 ? " " : c == 1 ? "\n" : Character.toString('가' + c))
              .reduce("", String::concat);
      int length = random.nextInt(1, 8);
      String letters = text.replaceAll("\\s", "");
      Set<String> runs = new HashSet<>();
      for (int from = 0; from + length <= letters.length(); from++) {
        runs.add(letters.substring(from, from + length));
      }
      long[] hashes = Shingles.of(text, length);
      assertThat(hashes).as(NOTE).hasSize(Math.max(0, letters.length() - length + 1));
      assertThat(Shingles.set(text, length)).as(NOTE).hasSize(runs.size()).isSorted();
      // The same run has the same hash at every position.
      for (int from = 0; from < hashes.length; from++) {
        assertThat(Shingles.of(letters.substring(from, from + length), length))
            .as(NOTE)
            .containsExactly(hashes[from]);
      }
    }
  }

  @Test
  void similarityIsSharedShinglesByAll() {
    assertThat(Shingles.jaccard(new long[] {1, 2, 3}, new long[] {2, 3, 4})).isEqualTo(0.5);
    assertThat(Shingles.jaccard(new long[] {1}, new long[] {1})).isEqualTo(1);
    assertThat(Shingles.jaccard(new long[0], new long[] {1})).isZero();
    assertThat(Shingles.jaccard(new long[0], new long[0])).isZero();
    assertThat(Shingles.jaccard(Shingles.set("밥 먹었어?", 3), Shingles.set("밥먹었어?", 3))).isEqualTo(1);
  }

  private static boolean meet(int[] a, int[] b) {
    long[] ours = MinHash.bands(a, CONFIG.bands(), CONFIG.rows(), 0);
    long[] theirs = MinHash.bands(b, CONFIG.bands(), CONFIG.rows(), 0);
    return IntStream.range(0, ours.length).anyMatch(i -> ours[i] == theirs[i]);
  }

  /** Two sets of random shingles with about this similarity. */
  private long[][] pair(double similarity) {
    int shared = (int) Math.round(2 * SHINGLES * similarity / (1 + similarity));
    long[] common = random.longs(shared).toArray();
    long[][] pair = new long[2][];
    for (int i = 0; i < 2; i++) {
      pair[i] = LongStream.concat(Arrays.stream(common), random.longs(SHINGLES - shared)).toArray();
    }
    return pair;
  }

  private static long[] sorted(long[] values) {
    return Arrays.stream(values).sorted().toArray();
  }

  /** The share of equal values: an unbiased estimate of the similarity of the two sets. */
  private static double equalShare(int[] a, int[] b) {
    int equal = 0;
    for (int i = 0; i < a.length; i++) {
      equal += a[i] == b[i] ? 1 : 0;
    }
    return (double) equal / a.length;
  }
}
