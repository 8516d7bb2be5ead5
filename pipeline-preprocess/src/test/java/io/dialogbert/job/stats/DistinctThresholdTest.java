package io.dialogbert.job.stats;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DistinctThresholdTest {
  private static final long SEED = Long.getLong("tests.seed", 20191029L);
  private static final int THINGS = 50;

  @Test
  void isAsSetsOfAllNumbersHoweverTheyAreMerged() {
    SplittableRandom random = new SplittableRandom(SEED);
    List<Set<Long>> sets = new ArrayList<>();
    List<DistinctThreshold> parts = new ArrayList<>();
    for (int part = 0; part < 7; part++) {
      parts.add(new DistinctThreshold(THINGS, 5));
    }
    for (int item = 0; item < THINGS; item++) {
      sets.add(new HashSet<>());
      for (int left = random.nextInt(20); left > 0; left--) {
        long number = random.nextInt(8);
        sets.get(item).add(number);
        parts.get(random.nextInt(parts.size())).add(item, number);
      }
    }
    DistinctThreshold all = new DistinctThreshold(THINGS, 5);
    parts.forEach(all::addAll);
    for (int item = 0; item < THINGS; item++) {
      assertThat(all.isReached(item))
          .as("tests.seed %d, item %d", SEED, item)
          .isEqualTo(sets.get(item).size() >= 5);
    }
  }

  @Test
  void noneIsNeededOfZero() {
    DistinctThreshold none = new DistinctThreshold(THINGS, 0);
    none.add(3, 1);
    none.addAll(new DistinctThreshold(THINGS, 0));
    assertThat(none.isReached(3)).isTrue();
  }
}
