package io.dialogbert.job.ingest;

import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.job.ingest.read.InputFormat;
import io.dialogbert.job.ingest.read.InputSettings;
import io.dialogbert.job.ingest.read.RawField;
import io.dialogbert.job.ingest.read.RawSchema;
import io.dialogbert.job.ingest.read.TimeFormat;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Settings of {@link IngestMessagesJob}.
 *
 * @param input files, directories or globs, compressed or not
 * @param format format of the input files
 * @param columns name of each message field in the files; only the message id and sender name may
 *     have no column
 * @param lang language of all rows; if empty, read from a column
 * @param source source of all rows; if empty, read from a column
 * @param timeFormat how {@code sent_at} is written, see {@link TimeFormat}
 * @param timeZone zone of times without one; may be empty
 * @param csvDelimiter the field separator of CSV
 * @param day the day of which the files are; empty for a whole corpus
 * @param dayZone zone in which a day begins and ends
 * @param maxLateness how long before its day a message may have been sent
 * @param languages accepted values of {@code lang}
 * @param maxRejectRatio fraction of rows in [0, 1] that may be rejected before the job fails
 * @param maxRepeats longest run of one character that is kept; at least 2, as in [ACCOUNT]
 * @param pseudonymKeyFile file that holds the pseudonym key
 * @param pseudonymKeyVariable environment variable that holds it, if no file is named
 * @param messagesPerFile target number of messages in each output file
 * @param consentList text files of user ids; empty: everybody has consented
 * @param deletionList text files of user ids
 * @param consentPolicy which messages the two lists exclude
 */
public record IngestMessagesConfig(
    List<String> input,
    InputFormat format,
    Map<RawField, String> columns,
    String lang,
    String source,
    String timeFormat,
    String timeZone,
    String csvDelimiter,
    String output,
    Optional<LocalDate> day,
    String dayZone,
    Duration maxLateness,
    List<String> languages,
    double maxRejectRatio,
    int maxRepeats,
    Optional<String> pseudonymKeyFile,
    String pseudonymKeyVariable,
    long messagesPerFile,
    List<String> consentList,
    List<String> deletionList,
    ConsentPolicy consentPolicy) {
  private static final String TAB = "\\t";

  static IngestMessagesConfig read(ConfigReader in) {
    IngestMessagesConfig config =
        new IngestMessagesConfig(
            in.paths("input"),
            in.choice("format", InputFormat.class),
            columns(in.section("columns")),
            in.string("lang"),
            in.string("source"),
            in.string("time-format"),
            in.string("time-zone"),
            delimiter(in),
            in.pathOfDay("output"),
            in.day(),
            in.string(
                "day-zone",
                "must be a zone such as Asia/Seoul or +09:00",
                IngestMessagesConfig::isZone),
            in.duration("max-lateness"),
            in.strings("languages"),
            in.fraction("max-reject-ratio"),
            in.intBetween("max-repeats", 2, 100),
            in.optionalPath("pseudonym-key-file"),
            in.string("pseudonym-key-variable"),
            in.longBetween("messages-per-file", 1, Long.MAX_VALUE),
            in.optionalPaths("consent-list"),
            in.optionalPaths("deletion-list"),
            in.choice("consent-policy", ConsentPolicy.class));
    config.check(in);
    return config;
  }

  private static Map<RawField, String> columns(ConfigReader in) {
    Map<RawField, String> columns = new EnumMap<>(RawField.class);
    for (RawField field : RawField.values()) {
      String name = in.string(field.key());
      if (!name.isEmpty()) {
        columns.put(field, name);
      } else if (field != RawField.MESSAGE_ID && field != RawField.SENDER_NAME) {
        in.problem(
            field.key(), "must be set; language and source of all rows have settings of their own");
      }
    }
    return columns;
  }

  private static boolean isZone(String text) {
    try {
      return ZoneId.of(text) != null;
    } catch (DateTimeException e) {
      return false;
    }
  }

  /** A tab may be written as its escape, since it is hard to type in most shells. */
  private static String delimiter(ConfigReader in) {
    String delimiter =
        in.string(
            "csv-delimiter",
            "must be one character or \\t, and none of quotes and line breaks",
            value -> value.equals(TAB) || (value.length() == 1 && !"\"\r\n".contains(value)));
    return delimiter.equals(TAB) ? "\t" : delimiter;
  }

  /** Records settings that contradict each other. */
  private void check(ConfigReader in) {
    if (!lang.isEmpty() && !languages.contains(lang)) {
      in.problem("lang", "must be one of languages");
    }
    if (day.isPresent() && consentPolicy == ConsentPolicy.ALL_PARTICIPANTS) {
      in.problem(
          "consent-policy", "does not work by day, since it needs all days of a conversation");
    }
    if (format.isExport()) {
      String rule = "must be set, since exports do not tell it";
      for (String key : List.of("lang", "source", "time-zone")) {
        if (in.string(key).isEmpty()) {
          in.problem(key, rule);
        }
      }
    }
    try {
      Optional<ZoneId> zone = schema().zone();
      try {
        new TimeFormat(timeFormat, zone);
      } catch (IllegalArgumentException e) {
        in.problem("time-format", e.getMessage());
      }
    } catch (DateTimeException e) {
      in.problem("time-zone", "must be a zone such as Asia/Seoul or +09:00");
    }
  }

  /** When the messages may have been sent. */
  DayTimes times() {
    return day.map(date -> DayTimes.of(date, ZoneId.of(dayZone), maxLateness)).orElse(DayTimes.ANY);
  }

  /** How the input files are read. */
  InputSettings inputSettings() {
    return new InputSettings(format, schema(), csvDelimiter.charAt(0));
  }

  /** Whether message ids are generated rather than read from a file. */
  boolean generatesMessageIds() {
    return !format.isExport() && !columns.containsKey(RawField.MESSAGE_ID);
  }

  private RawSchema schema() {
    Map<RawField, String> constants = new EnumMap<>(RawField.class);
    Map<RawField, String> read = new EnumMap<>(RawField.class);
    read.putAll(columns);
    constants.put(RawField.LANG, lang);
    constants.put(RawField.SOURCE, source);
    constants.values().removeIf(String::isEmpty);
    read.keySet().removeAll(constants.keySet());
    return new RawSchema(read, constants, timeFormat, timeZone, Set.copyOf(languages));
  }
}
