package io.dialogbert.job.ingest;

import io.dialogbert.common.Days;
import io.dialogbert.dialogue.Message;
import io.dialogbert.job.ingest.read.RawMessage;
import io.dialogbert.job.ingest.read.RejectedRow;
import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;

/**
 * When the messages of a delivery may have been sent.
 *
 * @param earliest the first moment that is not too late
 * @param end the first moment after the day
 */
record DayTimes(Instant earliest, Instant end) implements Serializable {
  /** Of a corpus that is not kept by day. */
  static final DayTimes ANY = new DayTimes(Instant.MIN, Instant.MAX);

  /**
   * The times of a day's delivery.
   *
   * @param maxLateness how long before the day a message may have been sent
   */
  static DayTimes of(LocalDate day, ZoneId zone, Duration maxLateness) {
    return new DayTimes(day.atStartOfDay(zone).toInstant().minus(maxLateness), Days.end(day, zone));
  }

  /**
   * Checks when a message was sent.
   *
   * @throws RejectedRow if that is after the day, or too long before it
   */
  void require(RawMessage raw) throws RejectedRow {
    Message message = raw.message();
    RejectedRow broken;
    if (!message.sentAt().isBefore(end)) {
      broken = new RejectedRow("after-day", "sent_at must not be after the day");
    } else if (message.sentAt().isBefore(earliest)) {
      broken = new RejectedRow("too-late", "sent_at must be at most max-lateness before the day");
    } else {
      return;
    }
    throw broken.of(
        new RejectedRow.Participant(
            message.conversationId(), message.senderId(), raw.senderName()));
  }
}
