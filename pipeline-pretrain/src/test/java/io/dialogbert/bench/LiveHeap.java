package io.dialogbert.bench;

import java.lang.management.ManagementFactory;
import java.util.concurrent.locks.LockSupport;

/** Peak heap in use right after a collection, measured by continuous collections. */
final class LiveHeap implements AutoCloseable {
  private static final long PAUSE_NANOS = 20_000_000;

  private final Thread thread = new Thread(this::watch, "live-heap");
  private volatile boolean closed;
  private volatile long peak;

  LiveHeap() {
    thread.setDaemon(true);
    thread.start();
  }

  private void watch() {
    while (!closed) {
      peak = Math.max(peak, now());
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  /** Bytes in use after a collection. */
  static long now() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  long peak() {
    return peak;
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
