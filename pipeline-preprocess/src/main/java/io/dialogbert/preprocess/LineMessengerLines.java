package io.dialogbert.preprocess;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * LINE's text export, in Japanese and English; columns are parted by tabs.
 *
 * <pre>
 * 2019/10/28(月)      or 2019.10.28 月曜日, or Mon, 10/28/2019
 * 15:12	名前	text      or 午後3:12, or 03:12PM
 * </pre>
 *
 * Lines without a name are the messenger's own.
 */
final class LineMessengerLines implements ExportLines {
  private static final List<Pattern> DATES =
      List.of(
          Pattern.compile(
              "(?<y>\\d{4})[/.](?<mo>\\d{1,2})[/.](?<d>\\d{1,2}) ?(?:[(（][^)）]{1,9}[)）]|.曜日|[A-Z][a-z]+day)"),
          Pattern.compile("[A-Z][a-z]{2,8}, (?<mo>\\d{1,2})/(?<d>\\d{1,2})/(?<y>\\d{4})"));
  private static final Pattern MESSAGE =
      Pattern.compile(
          "(?<before>午前|午後|) ?(?<h>\\d{1,2}):(?<mi>\\d{2})(?<after> ?[AaPp][Mm]|)\t(?:(?<who>[^\t]*)\t)?(?<text>.*)",
          Pattern.DOTALL);

  @Override
  public String messenger() {
    return "LINE";
  }

  @Override
  public boolean quotesSeveralLines() {
    return true;
  }

  @Override
  public Optional<ExportLine> read(String line) {
    if (line.indexOf('\t') > 0) {
      Matcher message = MESSAGE.matcher(line);
      if (message.matches()) {
        String who = message.group("who");
        return Optional.of(
            new ExportLine(
                null,
                ExportLines.time(message),
                who == null || who.isBlank() ? null : who,
                message.group("text")));
      }
    }
    for (Pattern pattern : DATES) {
      Matcher date = pattern.matcher(line);
      if (date.matches()) {
        return Optional.of(ExportLine.ofDate(ExportLines.date(date)));
      }
    }
    return Optional.empty();
  }
}
