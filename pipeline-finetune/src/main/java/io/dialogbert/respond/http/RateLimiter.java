package io.dialogbert.respond.http;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * A token bucket for each client: it is full at first, and each request takes a token. Buckets of
 * the clients that were seen last are kept. Serves any number of threads.
 */
final class RateLimiter {
  private static final int MAX_CLIENTS = 10_000;

  private static final class Bucket {
    private double tokens;
    private long filled;
  }

  private final int perMinute;
  private final LongSupplier nanoTime;
  private final Map<String, Bucket> buckets =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
          return size() > MAX_CLIENTS;
        }
      };

  /**
   * A limiter.
   *
   * @param perMinute tokens that a bucket holds, and gets in a minute
   * @param nanoTime a clock, in nanoseconds
   */
  RateLimiter(int perMinute, LongSupplier nanoTime) {
    this.perMinute = perMinute;
    this.nanoTime = nanoTime;
  }

  /** Takes a token of a client; false if there is none. */
  synchronized boolean allows(String client) {
    long now = nanoTime.getAsLong();
    Bucket bucket = buckets.get(client);
    if (bucket == null) {
      bucket = new Bucket();
      bucket.tokens = perMinute;
      buckets.put(client, bucket);
    } else {
      double minutes = (double) (now - bucket.filled) / TimeUnit.MINUTES.toNanos(1);
      bucket.tokens = Math.min(perMinute, bucket.tokens + minutes * perMinute);
    }
    bucket.filled = now;
    if (bucket.tokens < 1) {
      return false;
    }
    bucket.tokens--;
    return true;
  }
}
