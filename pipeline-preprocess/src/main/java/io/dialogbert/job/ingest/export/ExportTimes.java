package io.dialogbert.job.ingest.export;

import io.dialogbert.job.ingest.export.ExportLine.Date;
import io.dialogbert.job.ingest.export.ExportLine.Time;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Parses the days and times of messengers' exports, in the forms of all their languages and
 * versions.
 */
final class ExportTimes {
  private static final String HALF = "오전|오후|午前|午後|[AaPp]\\.?[Mm]\\.?";
  private static final String SPACE = "[ \\u00A0\\u202F]?";

  /**
   * A time of day in 12 or 24 hours, with or without seconds: the groups before, h, mi and after.
   */
  static final String TIME =
      "(?<before>(?:%s|))%s(?<h>\\d{1,2}):(?<mi>\\d{2})(?::\\d{2})?(?<after>(?:%s(?:%s)|))"
          .formatted(HALF, SPACE, SPACE, HALF);

  private static final String MONTH =
      "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\\.?";

  /** Days with an unambiguous month: the groups y, mo and d. */
  static final List<String> DAYS =
      List.of(
          "(?<y>\\d{4})(?:[년年] ?|\\. ?|[/-])(?<mo>\\d{1,2})(?:[월月] ?|\\."
              + " ?|[/-])(?<d>\\d{1,2})[일日.]?",
          "(?<mo>" + MONTH + ") (?<d>\\d{1,2}),? (?<y>\\d{4})",
          "(?<d>\\d{1,2}) (?<mo>" + MONTH + "),? (?<y>\\d{4})");

  /** Month before day as in the US, or the other way round. */
  private static final String YEAR_LAST = "(?<mo>\\d{1,2})[/.](?<d>\\d{1,2})[/.](?<y>\\d{4})";

  private static final String WEEKDAY =
      "[월화수목금토일](?:요일)?|[月火水木金土日](?:曜日?)?"
          + "|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)(?:day|sday|nesday|rsday|s|rs|urday)?\\.?";

  private static final List<Pattern> DATE_LINES =
      Stream.concat(DAYS.stream(), Stream.of(YEAR_LAST))
          .map(
              day ->
                  Pattern.compile(
                      "(?<dashes>-{3,} ?)?(?:(?<w1>%s),? ?)?%s(?:,? ?[(（]?(?<w2>%s)[)）]?)? ?(?:-{3,})?"
                          .formatted(WEEKDAY, day, WEEKDAY)))
          .toList();

  /** Android begins a day with the time of its first message. */
  private static final List<Pattern> DATE_LINES_WITH_TIME =
      Stream.of("(?<y>\\d{4})[년年] ?(?<mo>\\d{1,2})[월月] ?(?<d>\\d{1,2})[일日]", DAYS.get(1))
          .map(day -> Pattern.compile(day + "(?:,| at)? ?" + TIME))
          .toList();

  /** The longest form is Wednesday, September 28, 2022 between dashes. */
  private static final int MAX_LENGTH = 100;

  private static final String WEEKDAYS_KOREAN = "월화수목금토일";
  private static final String WEEKDAYS_JAPANESE = "月火水木金土日";
  private static final List<String> WEEKDAYS =
      List.of("mon", "tue", "wed", "thu", "fri", "sat", "sun");
  private static final List<String> MONTHS =
      List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");

  private ExportTimes() {}

  /**
   * The day on a line that holds nothing else. Without dashes or a weekday it is a bare day, since
   * people write such days too.
   */
  static Optional<ExportLine> dateLine(String line) {
    if (line.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    for (Pattern pattern : DATE_LINES) {
      Matcher matcher = pattern.matcher(line);
      if (matcher.matches()) {
        String weekday = matcher.group("w1") == null ? matcher.group("w2") : matcher.group("w1");
        Date date = onWeekday(date(matcher), weekday);
        return Optional.of(
            weekday == null && matcher.group("dashes") == null
                ? ExportLine.ofBareDate(date)
                : ExportLine.ofDate(date));
      }
    }
    return Optional.empty();
  }

  /** The day on a line that holds only a day followed by a time. */
  static Optional<ExportLine> dateLineWithTime(String line) {
    if (line.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    return DATE_LINES_WITH_TIME.stream()
        .map(pattern -> pattern.matcher(line))
        .filter(Matcher::matches)
        .findFirst()
        .map(matcher -> ExportLine.ofDate(date(matcher)));
  }

  /** A day in digits, or with an English month: the groups y, mo and d. */
  static Date date(Matcher matcher) {
    String month = matcher.group("mo");
    return new Date(
        Integer.parseInt(matcher.group("y")),
        Character.isDigit(month.charAt(0))
            ? Integer.parseInt(month)
            : 1 + MONTHS.indexOf(month.substring(0, 3).toLowerCase(Locale.ROOT)),
        Integer.parseInt(matcher.group("d")));
  }

  /** The same day, or with month and day swapped if the weekday fits only then. */
  private static Date onWeekday(Date date, String weekday) {
    if (weekday == null) {
      return date;
    }
    Date exchanged = new Date(date.year(), /* month= */ date.day(), /* day= */ date.month());
    int wanted = weekday(weekday);
    return weekday(date) != wanted && weekday(exchanged) == wanted ? exchanged : date;
  }

  private static int weekday(String name) {
    int korean = WEEKDAYS_KOREAN.indexOf(name.charAt(0));
    int japanese = WEEKDAYS_JAPANESE.indexOf(name.charAt(0));
    return 1
        + (korean >= 0
            ? korean
            : japanese >= 0
                ? japanese
                : WEEKDAYS.indexOf(name.substring(0, 3).toLowerCase(Locale.ROOT)));
  }

  private static int weekday(Date date) {
    try {
      return LocalDate.of(date.year(), date.month(), date.day()).getDayOfWeek().getValue();
    } catch (DateTimeException e) {
      return 0;
    }
  }

  /** The time of day of {@link #TIME}. */
  static Time time(Matcher matcher) {
    int hour = Integer.parseInt(matcher.group("h"));
    String half = (matcher.group("before") + matcher.group("after")).strip();
    if (!half.isEmpty()) {
      boolean afternoon =
          List.of('오', '午').contains(half.charAt(0))
              ? half.charAt(1) == '후' || half.charAt(1) == '後'
              : Character.toLowerCase(half.charAt(0)) == 'p';
      // 12 is the hour before 1, in both halves of the day.
      hour = hour <= 12 ? hour % 12 + (afternoon ? 12 : 0) : hour;
    }
    // Some versions of LINE write the first hour of a day as 24.
    return new Time(hour == 24 ? 0 : hour, Integer.parseInt(matcher.group("mi")));
  }
}
