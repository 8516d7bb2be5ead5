package io.dialogbert.kill;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A reader that checks directories all the time, as an impatient user's next job would. */
final class Watcher implements AutoCloseable {
  private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(5);

  private final Thread thread;
  private volatile boolean closed;
  private volatile Optional<String> found = Optional.empty();
  private long looks;

  Watcher(Subject subject) {
    thread =
        new Thread(
            () -> {
              while (!closed && found.isEmpty()) {
                try {
                  found = subject.halfWritten();
                } catch (IOException e) {
                  found = Optional.of(e.toString());
                }
                looks++;
                LockSupport.parkNanos(PAUSE);
              }
            },
            "watcher");
    thread.start();
  }

  /** Stops checking; returns what was found incomplete, if anything ever was. */
  Optional<String> stop() {
    close();
    if (looks == 0) {
      throw new IllegalStateException("the watcher never looked");
    }
    return found;
  }

  @Override
  public void close() {
    closed = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
