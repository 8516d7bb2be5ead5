package io.dialogbert.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SeedsTest {
  private static final long SEED = Long.getLong("tests.seed", 20191029L);
  private static final int DRAWS = 100_000;

  @Test
  void drawsTheSameNumbersAsEver() {
    // Splits, masks and samples of existing corpora depend on these values: change them only on
    // purpose.
    assertThat(Seeds.hash(20191029, "split", "대화-1")).isEqualTo(5301995268433727488L);
    assertThat(Seeds.hash(-1, 7, "a", 9L)).isEqualTo(-4660275020824252940L);
    assertThat(Seeds.of(20191029, "d1", 3).nextInt(1000)).isEqualTo(461);
    assertThat(Seeds.fraction(20191029, "split", "d1")).isEqualTo(0.5018824861279423);
  }

  @Test
  void recordDrawsTheSameWhereverAndWheneverItIsProcessed() {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      ids.add("record-" + i);
    }
    List<Long> inOrder = ids.stream().map(id -> Seeds.of(SEED, id).nextLong()).toList();
    List<String> reversed = new ArrayList<>(ids);
    Collections.reverse(reversed);
    List<Long> again =
        new ArrayList<>(reversed.stream().map(id -> Seeds.of(SEED, id).nextLong()).toList());
    Collections.reverse(again);
    assertThat(again).as("seed " + SEED).isEqualTo(inOrder).doesNotHaveDuplicates();
  }

  @Test
  void idsAreDistinguishedByPositionNumberAndKind() {
    Set<Long> hashes = new HashSet<>();
    hashes.add(Seeds.hash(SEED));
    hashes.add(Seeds.hash(SEED, ""));
    hashes.add(Seeds.hash(SEED, "ab", "c"));
    hashes.add(Seeds.hash(SEED, "a", "bc"));
    hashes.add(Seeds.hash(SEED, "c", "ab"));
    hashes.add(Seeds.hash(SEED, "abc"));
    hashes.add(Seeds.hash(SEED, "1"));
    hashes.add(Seeds.hash(SEED, 1));
    hashes.add(Seeds.hash(SEED + 1, 1));
    assertThat(hashes).as("seed " + SEED).hasSize(9);
    assertThat(Seeds.hash(SEED, 1)).isEqualTo(Seeds.hash(SEED, 1L));
  }

  @Test
  void fractionsOfCountedIdsAreUniform() {
    int[] cells = new int[20];
    double sum = 0;
    for (int i = 0; i < DRAWS; i++) {
      double fraction = Seeds.fraction(SEED, "conversation", i);
      assertThat(fraction).isGreaterThanOrEqualTo(0).isLessThan(1);
      cells[(int) (fraction * cells.length)]++;
      sum += fraction;
    }
    double expected = (double) DRAWS / cells.length;
    double chiSquare = 0;
    for (int cell : cells) {
      chiSquare += (cell - expected) * (cell - expected) / expected;
    }
    assertThat(sum / DRAWS).as("mean, seed " + SEED).isCloseTo(0.5, within(0.005));
    // 19 degrees of freedom: above 50 for less than one in 8,000 seeds.
    assertThat(chiSquare).as("chi-square, seed " + SEED).isLessThan(50);
  }

  @Test
  void fractionOfOneChoiceTellsNothingOfAnother() {
    int both = 0;
    for (int i = 0; i < DRAWS; i++) {
      if (Seeds.fraction(SEED, "first", i) < 0.5 && Seeds.fraction(SEED, "second", i) < 0.5) {
        both++;
      }
    }
    assertThat((double) both / DRAWS).as("seed " + SEED).isCloseTo(0.25, within(0.01));
  }

  @Test
  void permutationHasEachNumberOnceAndNoFavoritePlace() {
    double sum = 0;
    for (int i = 0; i < 10_000; i++) {
      int[] order = Seeds.permutation(7, Seeds.of(SEED, i));
      assertThat(order).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6);
      sum += order[6];
    }
    // A place has a mean of 3 and a variance of 4: three standard deviations of the mean are 0.06.
    assertThat(sum / 10_000).as("mean, seed " + SEED).isCloseTo(3, within(0.08));
    assertThat(Seeds.permutation(0, Seeds.of(SEED))).isEmpty();
  }

  @Test
  void generatorsOfNeighboringRecordsAreUnrelated() {
    double sum = 0;
    for (int i = 0; i < DRAWS; i++) {
      SplittableRandom one = Seeds.of(SEED, i);
      SplittableRandom next = Seeds.of(SEED, i + 1);
      sum += (one.nextDouble() - 0.5) * (next.nextDouble() - 0.5);
    }
    // Variance 1/144 per draw: three standard deviations of the mean are 0.0008.
    assertThat(sum / DRAWS).as("covariance, seed " + SEED).isCloseTo(0, within(0.001));
  }
}
