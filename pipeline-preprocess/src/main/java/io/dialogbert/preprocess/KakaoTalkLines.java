package io.dialogbert.preprocess;

import io.dialogbert.dialogue.DropReason;
import io.dialogbert.dialogue.SystemLines;
import io.dialogbert.text.Normalizer;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * KakaoTalk's text exports, in Korean and English.
 *
 * <pre>
 * PC       --------------- 2019년 10월 28일 월요일 ---------------
 *          [이름] [오후 3:12] text
 * Android  2019년 10월 28일 오후 3:12, 이름 : text
 * iOS      2019. 10. 28. 오후 3:12, 이름 : text
 * English  October 28, 2019, 3:12 PM, name : text
 * </pre>
 *
 * Lines without a sender ({@code 이름님이 들어왔습니다.}) are the messenger's own. A name that holds " : " is
 * cut there, and a pasted line of another export begins a message: nothing tells them apart.
 */
final class KakaoTalkLines implements ExportLines {
  private static final String TIME =
      "(?<before>오전|오후|) ?(?<h>\\d{1,2}):(?<mi>\\d{2})(?<after>[ \\u00A0\\u202F]?[AaPp]\\.?[Mm]\\.?|)";
  private static final String KOREAN_DATE = "(?<y>\\d{4})년 (?<mo>\\d{1,2})월 (?<d>\\d{1,2})일";
  private static final String DOTTED_DATE =
      "(?<y>\\d{4})\\. ?(?<mo>\\d{1,2})\\. ?(?<d>\\d{1,2})\\.";
  private static final String ENGLISH_DATE =
      "(?<mo>(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*) (?<d>\\d{1,2}), (?<y>\\d{4})";

  private static final Pattern PC_MESSAGE =
      Pattern.compile("\\[(?<who>.+?)\\] \\[" + TIME + "\\] ?(?<text>.*)", Pattern.DOTALL);
  private static final List<Pattern> DATES =
      List.of(
          Pattern.compile("-{3,} ?" + KOREAN_DATE + " .요일 ?-{3,}"),
          Pattern.compile("-{3,} ?[A-Z][a-z]+day, " + ENGLISH_DATE + " ?-{3,}"),
          Pattern.compile(KOREAN_DATE + " (?:.요일|(?:오전|오후) ?\\d{1,2}:\\d{2}|\\d{1,2}:\\d{2})"),
          Pattern.compile("[A-Z][a-z]+day, " + ENGLISH_DATE),
          Pattern.compile(
              ENGLISH_DATE + "(?:,| at) \\d{1,2}:\\d{2}(?:[ \\u00A0\\u202F]?[AaPp]\\.?[Mm]\\.?)?"));
  private static final List<Pattern> MOBILE_MESSAGES =
      List.of(
          Pattern.compile(KOREAN_DATE + " " + TIME + "(?<sep>, |: )(?<rest>.*)", Pattern.DOTALL),
          Pattern.compile(DOTTED_DATE + " ?" + TIME + "(?<sep>, |: )(?<rest>.*)", Pattern.DOTALL),
          Pattern.compile(
              ENGLISH_DATE + "(?:,| at) ?" + TIME + "(?<sep>, |: )(?<rest>.*)", Pattern.DOTALL));
  private static final String SENDER_END = " :";
  private static final Optional<DropReason> SYSTEM = Optional.of(DropReason.SYSTEM_LINE);

  private final SystemLines systemLines = new SystemLines();
  private final Normalizer normalizer = new Normalizer(2, false);

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
    if (line.isEmpty()) {
      return Optional.empty();
    }
    char first = line.charAt(0);
    if (first == '[') {
      Matcher message = PC_MESSAGE.matcher(line);
      if (message.matches()) {
        return Optional.of(
            new ExportLine(
                null, ExportLines.time(message), message.group("who"), message.group("text")));
      }
    }
    if (first == '-' || isDigit(first) || (first >= 'A' && first <= 'Z')) {
      for (Pattern pattern : DATES) {
        Matcher date = pattern.matcher(line);
        if (date.matches()) {
          return Optional.of(ExportLine.ofDate(ExportLines.date(date)));
        }
      }
      for (Pattern pattern : MOBILE_MESSAGES) {
        Matcher message = pattern.matcher(line);
        if (message.matches()) {
          return Optional.of(mobile(message));
        }
      }
    }
    return systemLines.reasonToDrop(normalizer.normalize(line)).equals(SYSTEM)
        ? Optional.of(ExportLine.ofSystem(line))
        : Optional.empty();
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static ExportLine mobile(Matcher message) {
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
    return new ExportLine(ExportLines.date(message), ExportLines.time(message), sender, text);
  }
}
