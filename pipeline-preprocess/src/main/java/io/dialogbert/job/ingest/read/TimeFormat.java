package io.dialogbert.job.ingest.read;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.util.Locale;
import java.util.Optional;

/**
 * How the time of a message is written.
 *
 * @param name {@code iso-8601}, {@code epoch-seconds}, {@code epoch-millis}, or a pattern of {@link
 *     DateTimeFormatter}
 * @param zone of times without one
 */
public record TimeFormat(String name, Optional<ZoneId> zone) {
  public static final String ISO = "iso-8601";
  static final String EPOCH_SECONDS = "epoch-seconds";
  static final String EPOCH_MILLIS = "epoch-millis";

  private static final LocalDateTime ANY_TIME = LocalDateTime.of(2019, 10, 28, 15, 12);

  /** Reads times. */
  interface Reader {
    /**
     * The time in {@code value}.
     *
     * @throws DateTimeException if it is not a time in this format
     */
    Instant read(String value);
  }

  /**
   * Checks a pattern.
   *
   * @throws IllegalArgumentException if the name is not a valid pattern either, or if the pattern
   *     has no zone and none is given
   */
  public TimeFormat {
    if (!name.equals(ISO) && !isEpoch(name)) {
      DateTimeFormatter formatter;
      try {
        formatter = formatter(name);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "time-format must be %s, %s, %s or a pattern such as yyyy-MM-dd HH:mm:ss",
                ISO,
                EPOCH_SECONDS,
                EPOCH_MILLIS),
            e);
      }
      if (zone.isEmpty() && formatsWithoutZone(formatter)) {
        throw new IllegalArgumentException(
            "time-zone must be set, since times of this time-format do not tell theirs");
      }
    }
  }

  private static boolean formatsWithoutZone(DateTimeFormatter formatter) {
    try {
      return !formatter.format(ANY_TIME).isEmpty();
    } catch (DateTimeException e) {
      return false;
    }
  }

  private static boolean isEpoch(String name) {
    return name.equals(EPOCH_SECONDS) || name.equals(EPOCH_MILLIS);
  }

  /** Whether times are numbers. */
  boolean isEpoch() {
    return isEpoch(name);
  }

  /** What a time must be, phrased to follow "must be". */
  String rule() {
    return switch (name) {
      case ISO -> "an ISO-8601 time with a zone";
      case EPOCH_SECONDS -> "a whole number of seconds since 1970";
      case EPOCH_MILLIS -> "a whole number of milliseconds since 1970";
      default -> "a time of the pattern " + name;
    };
  }

  Reader reader() {
    return switch (name) {
      case ISO -> IsoTime::parse;
      case EPOCH_SECONDS -> value -> Instant.ofEpochSecond(number(value));
      case EPOCH_MILLIS -> value -> Instant.ofEpochMilli(number(value));
      default -> pattern(formatter(name));
    };
  }

  private Reader pattern(DateTimeFormatter formatter) {
    return value -> {
      TemporalAccessor time = formatter.parseBest(value, ZonedDateTime::from, LocalDateTime::from);
      return time instanceof ZonedDateTime zoned
          ? zoned.toInstant()
          : ((LocalDateTime) time).atZone(zone.orElseThrow()).toInstant();
    };
  }

  private static long number(String value) {
    try {
      return Long.parseLong(value.strip());
    } catch (NumberFormatException e) {
      throw new DateTimeException("not a whole number", e);
    }
  }

  /** Strict, so that 30 February is rejected; English for names in a pattern. */
  private static DateTimeFormatter formatter(String pattern) {
    return new DateTimeFormatterBuilder()
        .appendPattern(pattern)
        .parseDefaulting(ChronoField.ERA, 1)
        .toFormatter(Locale.ENGLISH)
        .withResolverStyle(ResolverStyle.STRICT);
  }
}
