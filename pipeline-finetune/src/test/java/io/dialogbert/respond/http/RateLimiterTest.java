package io.dialogbert.respond.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RateLimiterTest {
  private final AtomicLong clock = new AtomicLong(-1);
  private final RateLimiter limiter = new RateLimiter(3, clock::get);

  @Test
  void allowsAsManyAtOnceAsAMinute() {
    assertThat(allowed("a", 5)).isEqualTo(3);
  }

  @Test
  void fillsWithTime() {
    allowed("a", 3);
    clock.addAndGet(Duration.ofSeconds(19).toNanos());
    assertThat(limiter.allows("a")).isFalse();
    clock.addAndGet(Duration.ofSeconds(2).toNanos());
    assertThat(limiter.allows("a")).isTrue();
    clock.addAndGet(Duration.ofDays(1).toNanos());
    assertThat(allowed("a", 9)).isEqualTo(3);
  }

  @Test
  void countsEachClientAlone() {
    allowed("a", 9);
    assertThat(allowed("b", 9)).isEqualTo(3);
  }

  private int allowed(String client, int tries) {
    int count = 0;
    for (int i = 0; i < tries; i++) {
      count += limiter.allows(client) ? 1 : 0;
    }
    return count;
  }
}
