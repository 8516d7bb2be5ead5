package io.dialogbert.job.stats;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LeastDistinctTest {
  private static final long SEED = Long.getLong("tests.seed", 20191029L);
  private static final int THINGS = 50;

  @Test
  void isAsSetsOfAllNumbersHoweverTheyAreMerged() {
    SplittableRandom random = new SplittableRandom(SEED);
    List<Set<Long>> sets = new ArrayList<>();
    List<LeastDistinct> parts = new ArrayList<>();
    for (int part = 0; part < 7; part++) {
      parts.add(new LeastDistinct(THINGS, 5));
    }
    for (int thing = 0; thing < THINGS; thing++) {
      sets.add(new HashSet<>());
      for (int left = random.nextInt(20); left > 0; left--) {
        long number = random.nextInt(8);
        sets.get(thing).add(number);
        parts.get(random.nextInt(parts.size())).add(thing, number);
      }
    }
    LeastDistinct all = new LeastDistinct(THINGS, 5);
    parts.forEach(all::addAll);
    for (int thing = 0; thing < THINGS; thing++) {
      assertThat(all.isEnough(thing))
          .as("tests.seed %d, thing %d", SEED, thing)
          .isEqualTo(sets.get(thing).size() >= 5);
    }
  }

  @Test
  void noneIsNeededOfZero() {
    LeastDistinct none = new LeastDistinct(THINGS, 0);
    none.add(3, 1);
    none.addAll(new LeastDistinct(THINGS, 0));
    assertThat(none.isEnough(3)).isTrue();
  }
}
