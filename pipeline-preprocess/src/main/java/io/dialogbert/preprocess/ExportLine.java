package io.dialogbert.preprocess;

/**
 * What a line of a messenger's export tells. Times are as written; whether there is such a day or
 * hour is not checked yet.
 *
 * @param date the day, or null where an earlier line tells it
 * @param time hour and minute, or null in a line that has none
 * @param sender who wrote the message that begins here; null where the messenger itself did, and in
 *     a date line
 * @param text what was written, as far as it is on this line
 */
record ExportLine(Date date, Time time, String sender, String text) {
  /** A day; {@code month} is counted from 1. */
  record Date(int year, int month, int day) {}

  /** A time of day, hours from 0 to 23. */
  record Time(int hour, int minute) {}

  static ExportLine ofDate(Date date) {
    return new ExportLine(date, null, null, null);
  }

  static ExportLine ofSystem(String text) {
    return new ExportLine(null, null, null, text);
  }

  /** Whether the line tells the day of those that follow, and nothing else. */
  boolean isDateLine() {
    return text == null;
  }
}
