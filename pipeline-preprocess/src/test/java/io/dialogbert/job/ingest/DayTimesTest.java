package io.dialogbert.job.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dialogbert.dialogue.Message;
import io.dialogbert.job.ingest.read.RawMessage;
import io.dialogbert.job.ingest.read.RejectedRow;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DayTimesTest {
  private static final DayTimes IN_SEOUL =
      DayTimes.of(LocalDate.parse("2026-11-27"), ZoneId.of("Asia/Seoul"), Duration.ofDays(2));

  /** From two days before midnight in Seoul to the midnight after the day. */
  @ParameterizedTest
  @ValueSource(strings = {"2026-11-24T15:00:00Z", "2026-11-27T14:59:59.999999Z"})
  void messageOfTheDayOrALittleLateIsTaken(String sentAt) {
    assertThatCode(() -> IN_SEOUL.require(message(sentAt))).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource({
    "2026-11-27T15:00:00Z, after-day",
    "2036-11-27T10:00:00Z, after-day",
    "2026-11-24T14:59:59.999999Z, too-late",
    "1999-11-27T10:00:00Z, too-late"
  })
  void othersAreRejectedAndTheirSenderTakesPart(String sentAt, String reason) {
    RejectedRow rejected =
        catchThrowableOfType(RejectedRow.class, () -> IN_SEOUL.require(message(sentAt)));
    assertThat(rejected.reason).isEqualTo(reason);
    assertThat(rejected.rule).doesNotContain("text");
    assertThat(rejected.sender).contains(new RejectedRow.Participant("c", "s", "name"));
  }

  @Test
  void wholeCorpusHasNoTimes() {
    assertThatCode(() -> DayTimes.ANY.require(message("1970-01-01T00:00:00Z")))
        .doesNotThrowAnyException();
    assertThatCode(() -> DayTimes.ANY.require(message("2099-01-01T00:00:00Z")))
        .doesNotThrowAnyException();
  }

  private static RawMessage message(String sentAt) {
    return new RawMessage(
        new Message("c", "m", "s", Instant.parse(sentAt), "ko", "text", "source", 1), "name");
  }
}
