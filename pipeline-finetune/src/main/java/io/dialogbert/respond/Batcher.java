package io.dialogbert.respond;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/**
 * Computes what many threads request. One thread computes; whatever waits while it does is its next
 * batch. So a single caller waits for nobody, and many share what a batch costs only once.
 *
 * @param <Q> a request
 * @param <A> its answer
 */
final class Batcher<Q, A> implements AutoCloseable {
  private static final long STOP_MILLIS = 10_000;

  private record Waiting<Q, A>(Q request, CompletableFuture<A> answer) {}

  private final BlockingQueue<Waiting<Q, A>> waiting = new LinkedBlockingQueue<>();
  private final int maxSize;
  private final ToIntFunction<Q> size;
  private final Function<List<Q>, List<A>> compute;
  private final Thread worker;
  private volatile boolean closed;

  /**
   * Starts the thread.
   *
   * @param name of the thread
   * @param maxSize greatest sum of the sizes of a batch's requests; a single one may exceed it
   * @param compute gives the answers to a batch, in its order; called by one thread only
   */
  Batcher(String name, int maxSize, ToIntFunction<Q> size, Function<List<Q>, List<A>> compute) {
    this.maxSize = maxSize;
    this.size = size;
    this.compute = compute;
    worker = new Thread(this::work, name);
    worker.setDaemon(true);
    worker.start();
  }

  /**
   * Waits for the answer to a request.
   *
   * @throws TooSlowException if the deadline passes first
   * @throws CancellationException if the batcher is closed first
   */
  A answer(Q request, Deadline deadline) throws TooSlowException {
    deadline.require();
    CompletableFuture<A> answer = new CompletableFuture<>();
    waiting.add(new Waiting<>(request, answer));
    if (closed) {
      answer.cancel(false);
    }
    try {
      return answer.get(deadline.left(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new TooSlowException();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted while others compute");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
    } finally {
      // Nobody waits for it any more.
      answer.cancel(false);
    }
  }

  /** Number of requests that no batch has taken yet. */
  int waiting() {
    return waiting.size();
  }

  private void work() {
    List<Waiting<Q, A>> batch = new ArrayList<>();
    try {
      while (!closed) {
        int sum = 0;
        for (Waiting<Q, A> next = waiting.take(); next != null; next = nextWithin(maxSize - sum)) {
          if (!next.answer().isDone()) {
            batch.add(next);
            sum += size.applyAsInt(next.request());
          }
        }
        if (!batch.isEmpty()) {
          compute(batch);
        }
        batch.clear();
      }
    } catch (InterruptedException e) {
      // Closed.
    }
    waiting.forEach(request -> request.answer().cancel(false));
  }

  /** Takes what waits next, if it is at most so large; null if not. */
  private Waiting<Q, A> nextWithin(int room) {
    // Only this thread takes, so what it sees stays first.
    Waiting<Q, A> next = waiting.peek();
    return next != null && size.applyAsInt(next.request()) <= room ? waiting.poll() : null;
  }

  private void compute(List<Waiting<Q, A>> batch) {
    try {
      List<A> answers = compute.apply(batch.stream().map(Waiting::request).toList());
      for (int i = 0; i < batch.size(); i++) {
        batch.get(i).answer().complete(answers.get(i));
      }
    } catch (RuntimeException | Error e) {
      batch.forEach(request -> request.answer().completeExceptionally(e));
    }
  }

  /** Ends the thread; whoever still waits gets a {@link CancellationException}. */
  @Override
  public void close() {
    closed = true;
    worker.interrupt();
    try {
      worker.join(STOP_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
