package io.dialogbert.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PrefetchedTest {
  @Test
  void givesThingsInOrderAndMakesTheNextOnesMeanwhile() throws Exception {
    Semaphore made = new Semaphore(0);
    try (Prefetched<Integer> things =
        new Prefetched<>(
            5,
            index -> {
              made.release();
              return index * index;
            })) {
      // Two items are made before anybody asks, but no third.
      assertThat(made.tryAcquire(2, 10, TimeUnit.SECONDS)).isTrue();
      assertThat(made.tryAcquire(1, 50, TimeUnit.MILLISECONDS)).isFalse();
      List<Integer> all = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        all.add(things.next());
      }
      assertThat(all).containsExactly(0, 1, 4, 9, 16);
    }
  }

  @Test
  void throwsWhatTheMakerThrew() {
    IOException broken = new IOException("row 3");
    try (Prefetched<Integer> things =
        new Prefetched<>(
            1,
            index -> {
              throw broken;
            })) {
      assertThatThrownBy(things::next).isSameAs(broken);
    }
  }
}
