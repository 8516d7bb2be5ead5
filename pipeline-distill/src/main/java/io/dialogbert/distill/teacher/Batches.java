package io.dialogbert.distill.teacher;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;

/**
 * What is made of a file's examples, in their order. Only one batch is in memory: with 1,384
 * classes the logits of an example take 5 KiB, more than the rest of it.
 *
 * @param <S> an example
 * @param <T> what is made of it
 */
final class Batches<S, T> implements Iterator<T> {
  /** Examples in a batch. */
  static final int SIZE = 64;

  /** Gives the next examples, fewer at the end. */
  @FunctionalInterface
  interface Source<S> {
    List<S> read(int count) throws IOException;
  }

  /** Works on a batch. */
  @FunctionalInterface
  interface Work<S, T> {
    List<T> of(List<S> batch) throws IOException;
  }

  private final Source<S> source;
  private final Work<S, T> work;
  private final Queue<T> ready = new ArrayDeque<>();

  Batches(Source<S> source, Work<S, T> work) {
    this.source = source;
    this.work = work;
  }

  @Override
  public boolean hasNext() {
    if (ready.isEmpty()) {
      try {
        List<S> batch = source.read(SIZE);
        if (!batch.isEmpty()) {
          ready.addAll(work.of(batch));
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return !ready.isEmpty();
  }

  @Override
  public T next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return ready.remove();
  }
}
