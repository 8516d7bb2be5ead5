package io.dialogbert.job.ingest.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogbert.common.Seeds;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimeFormatTest {
  private static final long SEED = Long.getLong("tests.seed", 20191029);
  private static final String NOT_A_TIME = "no time";

  @ParameterizedTest
  @CsvSource({
    "iso-8601, , 2019-10-28T15:12:00+09:00",
    "iso-8601, , 2019-10-28T06:12Z",
    "iso-8601, , 2019-10-28T15:12:00.000+0900",
    "iso-8601, , 2019-10-28T15:12+09",
    "iso-8601, , 2019-10-28T02:42:00-0330",
    "epoch-seconds, , 1572243120",
    "epoch-millis, , 1572243120000",
    "yyyy-MM-dd HH:mm:ss, Asia/Seoul, 2019-10-28 15:12:00",
    "yyyy/M/d H:mm, Asia/Tokyo, 2019/10/28 15:12",
    "'MMM d, yyyy h:mm a', +09:00, 'Oct 28, 2019 3:12 PM'",
    "yyyy-MM-dd HH:mm:ssXXX, , 2019-10-28 15:12:00+09:00",
    "yyyy-MM-dd HH:mm VV, , 2019-10-28 15:12 Asia/Seoul",
  })
  void readsEachForm(String name, String zone, String time) {
    TimeFormat format = new TimeFormat(name, Optional.ofNullable(zone).map(ZoneId::of));
    assertThat(format.reader().read(time)).isEqualTo(Instant.parse("2019-10-28T06:12:00Z"));
  }

  @ParameterizedTest
  @CsvSource({
    "iso-8601, , 2019-10-28T15:12:00",
    "iso-8601, , 2019-10-28T15:12:00+9",
    "iso-8601, , 2019-10-28T15:12:00+09000",
    "iso-8601, , 2019-02-30T15:12:00+0900",
    "epoch-seconds, , 15722431.5",
    "yyyy-MM-dd HH:mm, Asia/Seoul, 2019-02-30 15:12",
    "yyyy-MM-dd HH:mm, Asia/Seoul, 2019-02-20 25:12",
  })
  void readsNothingElse(String name, String zone, String time) {
    TimeFormat format = new TimeFormat(name, Optional.ofNullable(zone).map(ZoneId::of));
    assertThatThrownBy(() -> format.reader().read(time)).isInstanceOf(DateTimeException.class);
  }

  @Test
  void patternThatIsNoneOrLeavesTheZoneOpenIsRefused() {
    assertThatThrownBy(() -> new TimeFormat("iso", Optional.empty()))
        .hasMessageContaining("time-format must be iso-8601, epoch-seconds, epoch-millis or a");
    assertThatThrownBy(() -> new TimeFormat("yyyy-MM-dd HH:mm", Optional.empty()))
        .hasMessageContaining("time-zone must be set");
  }

  @Test
  void isoTimesAreThoseOfJavasParser() {
    SplittableRandom random = Seeds.of(SEED, "times", 0);
    for (int n = 0; n < 20_000; n++) {
      String text = isoTime(random);
      assertThat(read(text)).as("%s, -Dtests.seed=%d", text, SEED).isEqualTo(readByJava(text));
    }
  }

  /** A time, sometimes with a character that does not belong there. */
  private static String isoTime(SplittableRandom random) {
    long nanos =
        random.nextInt(3) == 0 ? random.nextInt(1_000_000_000) : random.nextInt(1000) * 1_000_000L;
    ZoneOffset offset = ZoneOffset.ofTotalSeconds(random.nextInt(-72, 73) * 900);
    StringBuilder text =
        new StringBuilder(
            OffsetDateTime.ofInstant(
                    Instant.ofEpochSecond(
                        random.nextLong(4_000_000_000L), random.nextBoolean() ? nanos : 0),
                    random.nextBoolean() ? offset : ZoneOffset.UTC)
                .toString());
    if (random.nextBoolean()) {
      String others = "0123456789+-:.TZ ";
      text.setCharAt(random.nextInt(text.length()), others.charAt(random.nextInt(others.length())));
    }
    if (random.nextInt(10) == 0) {
      text.setLength(random.nextInt(text.length() + 1));
    }
    return text.toString();
  }

  private static String read(String text) {
    try {
      return IsoTime.parse(text).toString();
    } catch (DateTimeException e) {
      return NOT_A_TIME;
    }
  }

  /** Java's parser requires a colon in an offset. */
  private static String readByJava(String text) {
    try {
      return OffsetDateTime.parse(text.replaceFirst("(T.*[+-]\\d\\d)(\\d\\d)$", "$1:$2"))
          .toInstant()
          .toString();
    } catch (DateTimeException e) {
      return NOT_A_TIME;
    }
  }
}
