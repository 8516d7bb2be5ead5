package io.dialogbert.train;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A sequence of items. A background thread makes the next ones while one is in use.
 *
 * @param <T> an item, such as a batch
 */
final class Prefetched<T> implements AutoCloseable {
  /** Makes item number {@code index}; called in order. */
  @FunctionalInterface
  interface Maker<T> {
    T make(int index) throws Exception;
  }

  private static final int AHEAD = 2;

  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          work -> {
            Thread daemon = new Thread(work, "dialogbert-prefetch");
            daemon.setDaemon(true);
            return daemon;
          });
  private final Queue<Future<T>> ready = new ArrayDeque<>();
  private final int count;
  private final Maker<T> maker;
  private int submitted;
  private long waited;

  /** Makes items 0 to {@code count - 1}. */
  Prefetched(int count, Maker<T> maker) {
    this.count = count;
    this.maker = maker;
    submit();
  }

  private void submit() {
    while (submitted < count && ready.size() < AHEAD) {
      int index = submitted++;
      ready.add(thread.submit(() -> maker.make(index)));
    }
  }

  /** Returns the next item; rethrows what its maker threw. */
  T next() throws Exception {
    Future<T> first = ready.remove();
    long asked = System.nanoTime();
    try {
      T thing = first.get();
      waited += System.nanoTime() - asked;
      submit();
      return thing;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw e;
    }
  }

  /** Total time that {@link #next} has waited. */
  double waitedSeconds() {
    return waited * 1e-9;
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
