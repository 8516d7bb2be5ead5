package io.dialogbert.preprocess;

import io.dialogbert.preprocess.ExportLine.Date;
import io.dialogbert.preprocess.ExportLine.Time;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;

/** How a messenger writes the lines of its text exports. */
interface ExportLines {
  /** Name of the messenger. */
  String messenger();

  /**
   * What a line tells; empty for one that goes on with the message before it, and for those of the
   * header.
   */
  Optional<ExportLine> read(String line);

  /** Whether a message of several lines stands in double quotes. */
  boolean quotesSeveralLines();

  /** A day in digits, or with an English month: the groups y, mo and d. */
  static Date date(Matcher matcher) {
    String month = matcher.group("mo");
    return new Date(
        Integer.parseInt(matcher.group("y")),
        Character.isDigit(month.charAt(0)) ? Integer.parseInt(month) : month(month),
        Integer.parseInt(matcher.group("d")));
  }

  private static int month(String name) {
    String start = name.substring(0, 3).toLowerCase(Locale.ROOT);
    return 1
        + List.of(
                "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
            .indexOf(start);
  }

  /** A time of day on 12 or 24 hours: the groups before, h, mi and after. */
  static Time time(Matcher matcher) {
    int hour = Integer.parseInt(matcher.group("h"));
    String half = (matcher.group("before") + matcher.group("after")).strip();
    if (!half.isEmpty()) {
      boolean afternoon =
          List.of("오후", "午後", "P", "p").contains(half.replaceAll("(?i)\\.?m\\.?$", ""));
      // 12 is the hour before 1, in either half.
      hour = hour <= 12 ? hour % 12 + (afternoon ? 12 : 0) : hour;
    }
    return new Time(hour, Integer.parseInt(matcher.group("mi")));
  }
}
