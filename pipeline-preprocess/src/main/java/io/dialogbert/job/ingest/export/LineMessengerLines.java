package io.dialogbert.job.ingest.export;

import io.dialogbert.dialogue.SystemLines.Notice;
import io.dialogbert.job.ingest.export.ExportLine.Kind;
import io.dialogbert.job.ingest.export.ExportLine.Time;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * LINE's text exports, with menus in Japanese, Korean and English.
 *
 * <pre>
 * 2019/10/28(月)      or 2019.10.28 月曜日, 2019.10.28 월요일, 2019.10.28 Monday, Mon, 10/28/2019
 * 15:12	名前	text      or 午後3:12, 오후 3:12, 03:12PM, 3:12 PM
 * 15:12 名前 text      of the PC: separated by spaces
 * </pre>
 *
 * Lines without a name are the messenger's own. In PC exports, {@link LineSenders} determines where
 * a name ends, and a line with an earlier time than the previous message is part of that message.
 */
public final class LineMessengerLines implements ExportLines {
  private static final Pattern PARTED_BY_TABS =
      Pattern.compile(ExportTimes.TIME + "\t(?:(?<who>[^\t]*)\t)?(?<text>.*)", Pattern.DOTALL);
  private static final Pattern PARTED_BY_SPACES =
      Pattern.compile(ExportTimes.TIME + " (?<rest>\\S.*)", Pattern.DOTALL);

  private final Optional<LineSenders> senders;
  private Time last = new Time(0, 0);

  /**
   * The lines of a file.
   *
   * @param senders empty for a file with tab-separated columns
   */
  public LineMessengerLines(Optional<LineSenders> senders) {
    this.senders = senders;
  }

  @Override
  public String messenger() {
    return "LINE";
  }

  @Override
  public boolean quotesSeveralLines() {
    return true;
  }

  /** The text after the time in a line with space-separated columns. */
  static Optional<String> afterTime(String line) {
    Matcher message = PARTED_BY_SPACES.matcher(line);
    return message.matches() ? Optional.of(message.group("rest")) : Optional.empty();
  }

  static boolean isTabSeparated(String line) {
    return line.indexOf('\t') > 0 && PARTED_BY_TABS.matcher(line).matches();
  }

  @Override
  public Optional<ExportLine> read(String line) {
    if (line.isBlank()) {
      return Optional.empty();
    }
    if (line.indexOf('\t') > 0) {
      Matcher message = PARTED_BY_TABS.matcher(line);
      if (message.matches()) {
        return Optional.of(
            ExportLines.timed(
                null, ExportTimes.time(message), message.group("who"), message.group("text")));
      }
    }
    Optional<ExportLine> date = ExportTimes.dateLine(line);
    if (date.isPresent()) {
      last = new Time(0, 0);
      return date;
    }
    return senders
        .flatMap(known -> parseSpaceSeparated(line, known))
        .or(() -> ExportLines.untimed(line, false));
  }

  private Optional<ExportLine> parseSpaceSeparated(String line, LineSenders known) {
    Matcher message = PARTED_BY_SPACES.matcher(line);
    if (!message.matches()) {
      return Optional.empty();
    }
    Time time = ExportTimes.time(message);
    if (time.isBefore(last)) {
      return Optional.empty();
    }
    last = time;
    String rest = message.group("rest");
    String normalized = NORMALIZER.normalize(rest);
    // A single word cannot be a name and a text. In other contexts, a notice of an album or the
    // like counts as media.
    boolean onlyNotice =
        normalized.indexOf(' ') < 0 && SYSTEM_LINES.reasonToDrop(normalized).isPresent();
    if (onlyNotice || SYSTEM_LINES.notice(normalized) == Notice.KNOWN) {
      return Optional.of(new ExportLine(Kind.NOTICE, null, time, null, rest));
    }
    String sender = known.senderOf(rest);
    String text = rest.substring(sender.length()).stripLeading();
    return Optional.of(ExportLines.timed(null, time, sender, text));
  }
}
