package io.dialogbert.respond;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogbert.respond.search.Hit;
import io.dialogbert.respond.search.VectorSearch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class BatchedSearchTest {
  private static final int SIZE = 10;

  /** Finds the rows from the query's first element on, once it may. */
  private static final class Slow implements VectorSearch {
    private final CountDownLatch started = new CountDownLatch(1);
    private final CountDownLatch mayFinish = new CountDownLatch(1);
    private final List<Integer> batchSizes = new CopyOnWriteArrayList<>();

    @Override
    public int size() {
      return SIZE;
    }

    @Override
    public List<List<Hit>> nearest(List<float[]> queries, int count) {
      started.countDown();
      try {
        mayFinish.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      batchSizes.add(queries.size());
      return queries.stream().map(query -> rows((int) query[0], count)).toList();
    }
  }

  private static List<Hit> rows(int from, int count) {
    List<Hit> rows = new ArrayList<>();
    for (int row = from; row < Math.min(SIZE, from + count); row++) {
      rows.add(new Hit(row, 1));
    }
    return rows;
  }

  @Test
  void queriesThatWaitAreAnsweredTogether() throws InterruptedException, ExecutionException {
    Slow slow = new Slow();
    ExecutorService threads = Executors.newCachedThreadPool();
    try (BatchedSearch search = new BatchedSearch(slow)) {
      Deadline deadline = Deadline.in(Duration.ofMinutes(1));
      List<Future<List<Hit>>> found = new ArrayList<>();
      found.add(threads.submit(() -> search.nearest(new float[] {0}, 1, deadline)));
      slow.started.await();
      for (int i = 1; i < 6; i++) {
        int query = i;
        found.add(threads.submit(() -> search.nearest(new float[] {query}, 2 * query, deadline)));
      }
      while (search.waiting() < 5) {
        Thread.onSpinWait();
      }
      slow.mayFinish.countDown();
      assertThat(found.get(0).get()).isEqualTo(rows(0, 1));
      for (int i = 1; i < 6; i++) {
        assertThat(found.get(i).get()).isEqualTo(rows(i, 2 * i));
      }
      assertThat(slow.batchSizes).containsExactly(1, 5);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void aPassedDeadlineIsToldAtOnce() {
    try (BatchedSearch search = new BatchedSearch(new Slow())) {
      assertThatThrownBy(
              () -> search.nearest(new float[] {0}, 1, Deadline.in(Duration.ofSeconds(-1))))
          .isInstanceOf(TooSlowException.class);
    }
  }
}
