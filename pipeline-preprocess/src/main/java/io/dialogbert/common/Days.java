package io.dialogbert.common;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.regex.Pattern;

/** Names of the directories in which a stage keeps its days: {@code day=2026-11-27}. */
public final class Days {
  /** How the names of all directories of days begin. */
  public static final String PREFIX = "day=";

  /** Four digits for the year, so that the order of the names is that of the days. */
  private static final Pattern DATE = Pattern.compile("\\d{4}-\\d{2}-\\d{2}");

  private Days() {}

  /** A day written as {@code yyyy-MM-dd}; empty if it is not one. */
  public static Optional<LocalDate> parse(String text) {
    try {
      return DATE.matcher(text).matches() ? Optional.of(LocalDate.parse(text)) : Optional.empty();
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  /** The first moment after a day. */
  public static Instant end(LocalDate day, ZoneId zone) {
    return day.plusDays(1).atStartOfDay(zone).toInstant();
  }

  /** The directory of a day below that of its stage. */
  public static String directory(String stage, LocalDate day) {
    return (stage.endsWith("/") ? stage : stage + "/") + PREFIX + day;
  }

  /** The day of a directory, from the last part of its path; empty if it is not one of a day. */
  public static Optional<LocalDate> of(String directory) {
    String name = directory.substring(directory.lastIndexOf('/') + 1);
    return name.startsWith(PREFIX) ? parse(name.substring(PREFIX.length())) : Optional.empty();
  }
}
