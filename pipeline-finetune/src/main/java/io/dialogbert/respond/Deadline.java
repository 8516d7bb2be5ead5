package io.dialogbert.respond;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Until when an answer is wanted.
 *
 * @param nanoTime by {@link System#nanoTime}
 */
public record Deadline(long nanoTime) {
  /** That much time from now. */
  public static Deadline in(Duration time) {
    return new Deadline(System.nanoTime() + time.toNanos());
  }

  /** Nanoseconds left; 0 or less if it has passed. */
  long left() {
    return nanoTime - System.nanoTime();
  }

  void require() throws TooSlowException {
    if (left() <= 0) {
      throw new TooSlowException();
    }
  }

  static long microsSince(long nanoTime) {
    return TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - nanoTime);
  }
}
