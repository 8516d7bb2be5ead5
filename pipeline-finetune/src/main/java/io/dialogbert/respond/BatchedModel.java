package io.dialogbert.respond;

import io.dialogbert.finetune.Tasks;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.dl4j.InferenceModel;
import io.dialogbert.task.Layout.Sequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntConsumer;

/**
 * A model that many threads use. One thread computes; whatever waits while it does is its next
 * batch. So a single caller waits for nobody, and many share the cost of reading the parameters. A
 * caller's sequences stay together.
 */
public final class BatchedModel implements AutoCloseable {
  /** Sequences that are computed at once. */
  private static final int MAX_BATCH = 64;

  private static final long STOP_MILLIS = 10_000;

  private record Request(List<Sequence> sequences, CompletableFuture<float[][]> outputs) {}

  private final BlockingQueue<Request> waiting = new LinkedBlockingQueue<>();
  private final InferenceModel model;
  private final String head;
  private final IntConsumer batchSizes;
  private final Thread worker = new Thread(this::work, "dialogbert-model");
  private volatile boolean closed;

  /**
   * Starts the thread.
   *
   * @param model used by nobody else
   * @param head whose outputs are wanted
   * @param batchSizes told the number of sequences of each batch
   */
  public BatchedModel(InferenceModel model, String head, IntConsumer batchSizes) {
    this.model = model;
    this.head = head;
    this.batchSizes = batchSizes;
    worker.setDaemon(true);
    worker.start();
  }

  /**
   * The head's outputs.
   *
   * @param sequences at least one
   * @return float32 [B][O]
   * @throws TooSlowException if the deadline passes first
   */
  float[][] outputs(List<Sequence> sequences, Deadline deadline) throws TooSlowException {
    deadline.require();
    Request request = new Request(List.copyOf(sequences), new CompletableFuture<>());
    waiting.add(request);
    if (closed) {
      request.outputs().cancel(false);
    }
    try {
      return request.outputs().get(deadline.left(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new TooSlowException();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted while a model computes");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
    } finally {
      // Nobody waits for it any more.
      request.outputs().cancel(false);
    }
  }

  private void work() {
    List<Request> batch = new ArrayList<>();
    try {
      while (!closed) {
        int size = 0;
        for (Request next = waiting.take(); next != null; next = nextWithin(MAX_BATCH - size)) {
          if (!next.outputs().isDone()) {
            batch.add(next);
            size += next.sequences().size();
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
    waiting.forEach(request -> request.outputs().cancel(false));
  }

  /** Takes what waits next, if it has at most so many sequences; null if not. */
  private Request nextWithin(int room) {
    // Only this thread takes, so what it sees stays first.
    Request next = waiting.peek();
    return next != null && next.sequences().size() <= room ? waiting.poll() : null;
  }

  private void compute(List<Request> batch) {
    try {
      List<Sequence> sequences =
          batch.stream().flatMap(request -> request.sequences().stream()).toList();
      float[][] outputs = new float[sequences.size()][];
      for (int from = 0; from < outputs.length; from += MAX_BATCH) {
        List<Sequence> some = sequences.subList(from, Math.min(from + MAX_BATCH, sequences.size()));
        PackedBatch.Builder packed = PackedBatch.builder();
        some.forEach(sequence -> Tasks.add(packed, sequence));
        float[][] computed = model.predict(packed.build(), head);
        System.arraycopy(computed, 0, outputs, from, computed.length);
        batchSizes.accept(computed.length);
      }
      int from = 0;
      for (Request request : batch) {
        int to = from + request.sequences().size();
        request.outputs().complete(Arrays.copyOfRange(outputs, from, to));
        from = to;
      }
    } catch (RuntimeException | Error e) {
      batch.forEach(request -> request.outputs().completeExceptionally(e));
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
