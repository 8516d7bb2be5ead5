package io.dialogbert.sample;

import java.time.LocalDate;
import java.util.SplittableRandom;

/**
 * Send times of a conversation's messages: seconds apart in a burst, hours or days between
 * sessions.
 */
final class ChatClock {
  private static final LocalDate FIRST_DAY = LocalDate.of(2024, 1, 1);
  private static final int NUM_DAYS = 366;
  private static final long SECOND = 1_000;
  private static final long MINUTE = 60 * SECOND;
  private static final long HOUR = 60 * MINUTE;
  private static final long DAY = 24 * HOUR;

  /**
   * Nobody starts to chat before this hour of the day. Sessions that would start earlier move past
   * it.
   */
  private static final int FIRST_HOUR = 7;

  private final SplittableRandom random;
  private long millis;
  private String lastSender = "";

  ChatClock(SplittableRandom random) {
    this.random = random;
    this.millis =
        FIRST_DAY
                .plusDays(random.nextInt(NUM_DAYS))
                .atStartOfDay()
                .toInstant(SampleMessage.ZONE)
                .toEpochMilli()
            + random.nextLong(FIRST_HOUR * HOUR, DAY);
  }

  /** Advances by two hours to several days, to a time when people are awake. */
  void nextSession() {
    double days = -Math.log(1 - random.nextDouble()) * 1.2;
    millis += 2 * HOUR + (long) (Math.min(days, 20) * DAY);
    long intoDay = Math.floorMod(millis + SampleMessage.ZONE.getTotalSeconds() * SECOND, DAY);
    if (intoDay < FIRST_HOUR * HOUR) {
      millis += FIRST_HOUR * HOUR + random.nextLong(2 * HOUR);
    }
    lastSender = "";
  }

  /** Advances by ten seconds to some minutes, as between two topics. */
  long afterPause() {
    millis += 10 * SECOND + random.nextLong(random.nextInt(4) == 0 ? 8 * MINUTE : MINUTE);
    return millis;
  }

  /** The send time of a message with this many characters. */
  long next(String sender, int numChars) {
    boolean burst = sender.equals(lastSender);
    long pause = burst ? random.nextLong(3 * SECOND) : SECOND + random.nextLong(25 * SECOND);
    if (!burst && random.nextInt(16) == 0) {
      pause += random.nextLong(9 * MINUTE);
    }
    millis += 400 + pause + numChars * 150L;
    lastSender = sender;
    return millis;
  }
}
