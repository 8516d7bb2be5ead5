package io.dialogbert.job.ingest.export;

import io.dialogbert.dialogue.SystemLines.Notice;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * KakaoTalk's text exports, with menus in Korean, Japanese and English.
 *
 * <pre>
 * PC       --------------- 2019년 10월 28일 월요일 ---------------
 *          [이름] [오후 3:12] text         or [3:12 PM], [PM 3:12], [15:12]
 * Android  2019년 10월 28일 오후 3:12, 이름 : text
 * iOS      2019. 10. 28. 오후 3:12, 이름 : text
 * newer    2019년 10월 28일 월요일        or 2019. 10. 28. 월요일
 *          오후 3:12, 이름 : text
 * English  October 28, 2019, 3:12 PM, name : text
 * </pre>
 *
 * Lines without a sender ({@code 이름님이 들어왔습니다.}) are the messenger's own; on the PC they have no
 * time either, so only their wording identifies them. A name that contains " : " is cut there, and
 * a pasted line of another export begins a message: neither can be detected.
 */
public final class KakaoTalkLines implements ExportLines {
  private static final Pattern PC_MESSAGE =
      Pattern.compile(
          "\\[(?<who>.*?)\\] ?\\[" + ExportTimes.TIME + "\\] ?(?<text>.*)", Pattern.DOTALL);
  private static final String REST = "(?<sep>, |: )(?<rest>.*)";
  private static final List<Pattern> DATED_MESSAGES =
      ExportTimes.DAYS.stream()
          .map(
              day ->
                  Pattern.compile(day + "(?:,| at)? ?" + ExportTimes.TIME + REST, Pattern.DOTALL))
          .toList();
  private static final Pattern TIMED_MESSAGE =
      Pattern.compile(ExportTimes.TIME + REST, Pattern.DOTALL);
  private static final String SENDER_END = " :";

  /** How the messages of the file begin; a file comes from one version. */
  private enum Form {
    UNKNOWN,
    BRACKETS,
    DATED,
    TIMED
  }

  private Form form = Form.UNKNOWN;

  @Override
  public String messenger() {
    return "KakaoTalk";
  }

  @Override
  public boolean quotesSeveralLines() {
    return false;
  }

  @Override
  public Optional<ExportLine> read(String line) {
    if (line.isBlank()) {
      return Optional.empty();
    }
    char first = line.charAt(0);
    if (first == '[') {
      Matcher message = PC_MESSAGE.matcher(line);
      if (message.matches()) {
        form = Form.BRACKETS;
        return Optional.of(
            ExportLines.timed(
                null, ExportTimes.time(message), message.group("who"), message.group("text")));
      }
    }
    Optional<ExportLine> timed = Optional.empty();
    if (first == '-' || isDigit(first) || (first >= 'A' && first <= 'Z')) {
      timed =
          ExportTimes.dateLine(line)
              .or(() -> ExportTimes.dateLineWithTime(line))
              .or(() -> dated(line));
    }
    if (isDigit(first) || "오午AaPp".indexOf(first) >= 0) {
      timed = timed.or(() -> timed(line));
    }
    // If messages begin with a date, notices do too; without a date, only known wording counts.
    return timed.or(() -> ExportLines.untimed(line, form == Form.BRACKETS || form == Form.UNKNOWN));
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private Optional<ExportLine> dated(String line) {
    for (Pattern pattern : DATED_MESSAGES) {
      Matcher message = pattern.matcher(line);
      if (message.matches()) {
        form = Form.DATED;
        return Optional.of(mobile(message, ExportTimes.date(message)));
      }
    }
    return Optional.empty();
  }

  /** A message under a date line; in a file of another form, a time is part of the text. */
  private Optional<ExportLine> timed(String line) {
    if (form == Form.BRACKETS || form == Form.DATED) {
      return Optional.empty();
    }
    Matcher message = TIMED_MESSAGE.matcher(line);
    if (!message.matches()) {
      return Optional.empty();
    }
    ExportLine read = mobile(message, null);
    boolean accepted =
        read.sender() != null
            || form == Form.TIMED
            || SYSTEM_LINES.notice(NORMALIZER.normalize(read.text())) != Notice.NONE;
    if (accepted) {
      form = Form.TIMED;
    }
    return accepted ? Optional.of(read) : Optional.empty();
  }

  private static ExportLine mobile(Matcher message, ExportLine.Date date) {
    String rest = message.group("rest");
    String sender = null;
    String text = rest;
    int end = rest.indexOf(SENDER_END + " ");
    if (end < 0 && rest.endsWith(SENDER_END)) {
      end = rest.length() - SENDER_END.length();
    }
    if (end > 0 && message.group("sep").equals(", ")) {
      sender = rest.substring(0, end);
      text = rest.substring(Math.min(rest.length(), end + SENDER_END.length() + 1));
    }
    return ExportLines.timed(date, ExportTimes.time(message), sender, text);
  }
}
