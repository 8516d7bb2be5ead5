package io.dialogbert.frame;

import io.dialogbert.frame.store.OutputParts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.commons.lang3.exception.ExceptionUtils;
import org.apache.hadoop.fs.Path;

/** Writes the parts of a table that are not there yet, several at once. */
final class TableParts {
  /** A part may be one task, so as many parts as tasks keep a cluster busy; beyond, plans wait. */
  private static final int MAX_AT_ONCE = 64;

  /** Writes a part into a directory; called by several threads. */
  @FunctionalInterface
  interface Writer {
    void write(int part, Path directory) throws IOException;
  }

  private final OutputParts parts;
  private final Writer writer;
  private final Runnable cancel;

  /**
   * Parts to be written.
   *
   * @param cancel ends what the other threads wait for if one of them fails
   */
  TableParts(OutputParts parts, Writer writer, Runnable cancel) {
    this.parts = parts;
    this.writer = writer;
    this.cancel = cancel;
  }

  /**
   * Writes the parts.
   *
   * @param numTasks number of tasks that run at once
   * @return number of parts that were there
   */
  int write(int count, int numTasks) throws IOException {
    List<Integer> missing = new ArrayList<>();
    for (int part = 0; part < count; part++) {
      if (!parts.isWhole(part)) {
        missing.add(part);
      }
    }
    ExecutorService pool = Executors.newFixedThreadPool(Math.min(MAX_AT_ONCE, numTasks));
    try {
      List<Future<Integer>> written = new ArrayList<>();
      for (int part : missing) {
        written.add(pool.submit(() -> write(part)));
      }
      for (Future<Integer> one : written) {
        one.get();
      }
    } catch (ExecutionException e) {
      pool.shutdownNow();
      cancel.run();
      ExceptionUtils.rethrow(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while parts are written", e);
    } finally {
      pool.shutdownNow();
    }
    return count - missing.size();
  }

  private int write(int part) throws IOException {
    writer.write(part, parts.path(part));
    parts.setWhole(part);
    return part;
  }
}
