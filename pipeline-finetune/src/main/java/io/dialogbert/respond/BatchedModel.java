package io.dialogbert.respond;

import io.dialogbert.finetune.Tasks;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.dl4j.InferenceModel;
import io.dialogbert.task.Layout.Sequence;
import java.util.ArrayList;
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
 * batch. So a single caller waits for nobody, and many share the cost of reading the parameters.
 */
public final class BatchedModel implements AutoCloseable {
  private static final int MAX_BATCH = 64;
  private static final long STOP_MILLIS = 10_000;

  private record Request(Sequence sequence, CompletableFuture<float[]> output) {}

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
    List<Request> requests =
        sequences.stream().map(s -> new Request(s, new CompletableFuture<>())).toList();
    waiting.addAll(requests);
    if (closed) {
      requests.forEach(request -> request.output().cancel(false));
    }
    float[][] outputs = new float[requests.size()][];
    try {
      for (int i = 0; i < outputs.length; i++) {
        outputs[i] = requests.get(i).output().get(deadline.left(), TimeUnit.NANOSECONDS);
      }
      return outputs;
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
      // Nobody waits for them any more.
      requests.forEach(request -> request.output().cancel(false));
    }
  }

  private void work() {
    List<Request> batch = new ArrayList<>();
    try {
      while (!closed) {
        batch.add(waiting.take());
        waiting.drainTo(batch, MAX_BATCH - 1);
        batch.removeIf(request -> request.output().isDone());
        if (!batch.isEmpty()) {
          compute(batch);
        }
        batch.clear();
      }
    } catch (InterruptedException e) {
      // Closed.
    }
    waiting.forEach(request -> request.output().cancel(false));
  }

  private void compute(List<Request> batch) {
    try {
      PackedBatch.Builder packed = PackedBatch.builder();
      batch.forEach(request -> Tasks.add(packed, request.sequence()));
      float[][] outputs = model.predict(packed.build(), head);
      for (int i = 0; i < outputs.length; i++) {
        batch.get(i).output().complete(outputs[i]);
      }
      batchSizes.accept(batch.size());
    } catch (RuntimeException | Error e) {
      batch.forEach(request -> request.output().completeExceptionally(e));
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
