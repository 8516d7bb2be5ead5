package io.dialogbert.guard;

import java.lang.StackWalker.StackFrame;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.nd4j.linalg.cpu.nativecpu.cache.ConstantBuffersCache;

/** Who may touch a buffer, and how. A view has the guard of the buffer that it views. */
final class Guard {
  private static final String OURS = "io.dialogbert.";
  // The cache of constants is about ten calls above the buffer that it makes.
  private static final int NEAR = 20;
  private static final StackWalker STACK = StackWalker.getInstance();
  private static final AtomicLong CLOCK = new AtomicLong();
  private static final AtomicLong READS = new AtomicLong();
  private static final Map<Thread, Long> COMMITTED = new ConcurrentHashMap<>();

  // ND4J shares its cached constants among threads itself, on a card, too.
  private final boolean ofConstant =
      STACK.walk(
          frames ->
              frames
                  .limit(NEAR)
                  .anyMatch(f -> f.getClassName().equals(ConstantBuffersCache.class.getName())));
  private Thread owner = Thread.currentThread();
  private long lastTouch = CLOCK.incrementAndGet();

  /** Other threads may now touch what this one has touched. */
  static void commit() {
    COMMITTED.put(Thread.currentThread(), CLOCK.incrementAndGet());
  }

  /** Notes that a buffer's value is read or written. */
  static void touch(Guarded buffer) {
    // Has no guard yet while it is constructed.
    if (buffer.guard() != null && !buffer.guard().ofConstant) {
      buffer.guard().touch();
    }
  }

  private synchronized void touch() {
    Thread thread = Thread.currentThread();
    if (thread != owner && COMMITTED.getOrDefault(owner, 0L) < lastTouch) {
      throw new IllegalStateException(
          "an array of thread "
              + owner.getName()
              + " is touched by thread "
              + thread.getName()
              + " without a hand-over: the first one must commit() to ND4J's executioner");
    }
    owner = thread;
    lastTouch = CLOCK.incrementAndGet();
  }

  /** Notes that a single element is read: on a card, that waits for all operations before it. */
  static void read(Guarded buffer) {
    READS.incrementAndGet();
    touch(buffer);
  }

  /** Number of single elements read so far. */
  static long reads() {
    return READS.get();
  }

  /** Notes that somebody asks for a buffer's host pointer; called by the method that gives it. */
  static void givePointer(Guarded buffer) {
    String asking =
        STACK.walk(
            frames -> frames.skip(2).findFirst().map(StackFrame::getClassName).orElseThrow());
    if (asking.startsWith(OURS)) {
      throw new IllegalStateException(
          asking + " asks for the host pointer of an array; on a card that is not its memory");
    }
    touch(buffer);
  }
}
