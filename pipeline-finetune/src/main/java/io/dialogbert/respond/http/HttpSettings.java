package io.dialogbert.respond.http;

import java.time.Duration;

/**
 * Where the server listens, and its limits.
 *
 * @param port 0 for any that is free
 * @param maxBodyBytes of a request
 * @param maxCharacters of a turn, in code points
 * @param requestsPerMinute that one client, known by its address, may send; also at once
 * @param maxConcurrent number of requests that are answered at the same time
 * @param timeout for reading a request, for answering it, and for the last requests when the server
 *     stops
 */
public record HttpSettings(
    String host,
    int port,
    int maxBodyBytes,
    int maxCharacters,
    int requestsPerMinute,
    int maxConcurrent,
    Duration timeout) {
  private static final Duration LEAST = Duration.ofMillis(1);
  private static final Duration MOST = Duration.ofHours(1);

  public HttpSettings {
    if (timeout.compareTo(LEAST) < 0 || timeout.compareTo(MOST) > 0) {
      throw new IllegalArgumentException("timeout must be between 1 ms and 1 h, is " + timeout);
    }
  }
}
