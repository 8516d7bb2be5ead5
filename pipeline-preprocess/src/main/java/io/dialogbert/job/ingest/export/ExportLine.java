package io.dialogbert.job.ingest.export;

/**
 * A parsed line of a messenger's export. Times are as written; the day or hour may not exist.
 *
 * @param kind what the line is
 * @param date the day, or null if an earlier line gives it
 * @param time hour and minute, or null if the line has none
 * @param sender who wrote the message that begins here; null in all other lines
 * @param text the part of the written text that is on this line
 */
record ExportLine(Kind kind, Date date, Time time, String sender, String text) {
  /** The kind of a line. A line that continues the previous one has no kind. */
  enum Kind {
    /** The first line of a message. */
    MESSAGE,
    /** The first line of something that the messenger itself wrote. */
    NOTICE,
    /** Looks like a notice, but has unknown wording. */
    NOTICE_LIKE,
    /** The day of the lines that follow. */
    DATE,
    /** A day without a weekday: the day of the lines that follow, or part of a message. */
    BARE_DATE,
    /** The beginning of a file, such as the name of the room. */
    HEADER
  }

  /** A day; {@code month} is counted from 1. */
  record Date(int year, int month, int day) {
    boolean isBefore(Date other) {
      return year != other.year
          ? year < other.year
          : month != other.month ? month < other.month : day < other.day;
    }
  }

  /** A time of day; hours from 0 to 23. */
  record Time(int hour, int minute) {
    boolean isBefore(Time other) {
      return hour != other.hour ? hour < other.hour : minute < other.minute;
    }
  }

  static ExportLine ofDate(Date date) {
    return new ExportLine(Kind.DATE, date, null, null, null);
  }

  static ExportLine ofBareDate(Date date) {
    return new ExportLine(Kind.BARE_DATE, date, null, null, null);
  }

  /** A line without a time that the messenger wrote. */
  static ExportLine ofNotice(Kind kind, String text) {
    return new ExportLine(kind, null, null, null, text);
  }

  /** Whether a new message, notice or header begins here, not just a date. */
  boolean begins() {
    return kind != Kind.DATE && kind != Kind.BARE_DATE;
  }
}
