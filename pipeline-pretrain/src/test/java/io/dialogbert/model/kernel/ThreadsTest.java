package io.dialogbert.model.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class ThreadsTest {
  private final AtomicInteger ended = new AtomicInteger();

  @BeforeAll
  static void loadLibraries() {
    Threads.use(2);
  }

  @Test
  void givesTheResultsInOrder() {
    assertThat(Threads.<Integer>all(List.of(() -> 1, () -> 2, () -> 3))).containsExactly(1, 2, 3);
  }

  /** A network must not be lent to others while threads still use it. */
  @Test
  void comesBackWhenAllHaveEndedThoughTheCallerIsInterrupted() throws InterruptedException {
    CountDownLatch go = new CountDownLatch(1);
    Supplier<Integer> waits =
        () -> {
          try {
            go.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          return ended.incrementAndGet();
        };
    AtomicInteger seen = new AtomicInteger();
    AtomicInteger interrupted = new AtomicInteger();
    Thread caller =
        new Thread(
            () -> {
              Threads.all(List.of(waits, waits));
              seen.set(ended.get());
              interrupted.set(Thread.currentThread().isInterrupted() ? 1 : 0);
            });
    caller.start();
    caller.interrupt();
    // An interrupted wait would have ended by then.
    caller.join(200);
    go.countDown();
    caller.join();
    assertThat(seen).hasValue(2);
    assertThat(interrupted).hasValue(1);
  }

  @Test
  void comesBackWhenAllHaveEndedThoughOneFails() {
    Supplier<Integer> fails =
        () -> {
          throw new IllegalArgumentException("planned");
        };
    assertThatThrownBy(() -> Threads.all(List.of(fails, ended::incrementAndGet)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("planned");
    assertThat(ended).hasValue(1);
  }
}
