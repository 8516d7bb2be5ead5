package io.dialogbert.report;

import io.dialogbert.report.ReportTable.Chart;
import io.dialogbert.report.ReportTable.ChartKind;
import io.dialogbert.report.ReportTable.Section;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** Defines how the tables of {@code corpus-stats} are shown. */
public final class CorpusTables {
  private static final int MAX_FREQUENT = 25;

  private CorpusTables() {}

  /**
   * A statistics table for the report. A table with an unknown name is shown as it is.
   *
   * @param name of the table's directory
   * @param columns names of the Parquet columns
   * @param rows values without nulls; days as ISO 8601 strings
   */
  public static ReportTable of(String name, List<String> columns, List<List<Object>> rows) {
    return switch (name) {
      case "messages_per_day" ->
          table(
              "Messages per day",
              "After cleaning, by language; days in UTC.",
              columns,
              rows,
              chart(ChartKind.DAYS, "day", "lang", "messages"));
      case "dialogues_per_day" ->
          table(
              "Dialogues per day",
              "By the day in UTC on which they start; their source is that of the conversation.",
              columns,
              rows,
              chart(ChartKind.DAYS, "day", "lang", "dialogues"));
      case "message_lengths" ->
          table(
              "Message length in characters",
              "In steps; the last step holds all longer messages.",
              columns,
              rows,
              chart(ChartKind.BARS, "characters_from", "lang", "messages"));
      case "message_tokens" ->
          table(
              "Message length in tokens",
              "The last bar holds all longer messages.",
              columns,
              rows,
              chart(ChartKind.BARS, "tokens_from", "lang", "messages"));
      case "turn_tokens" ->
          table(
              "Turn length in tokens",
              "Consecutive messages of one sender are one turn; the last bar holds all longer turns.",
              columns,
              rows,
              chart(ChartKind.BARS, "tokens_from", "lang", "turns"));
      case "turns_per_dialogue" ->
          table(
              "Turns per dialogue",
              "The last bar holds all longer dialogues.",
              columns,
              rows,
              chart(ChartKind.BARS, "turns", "lang", "dialogues"));
      case "text_coverage" ->
          table(
              "How much the most frequent messages cover",
              "Share of all messages that the most frequent share of distinct texts makes up.",
              columns,
              rows,
              chart(ChartKind.LINES, "share_of_texts", "lang", "share_of_messages"));
      case "reply_coverage" ->
          table(
              "How much the most frequent replies cover",
              "Share of all replies that the most frequent share of distinct replies makes up.",
              columns,
              rows,
              chart(ChartKind.LINES, "share_of_texts", "lang", "share_of_replies"));
      case "token_frequencies" ->
          table(
              "Token frequencies",
              "Occurrences by rank, both axes logarithmic: natural text is close to a line.",
              columns,
              rows,
              Optional.of(
                  new Chart(
                      ChartKind.LOG_LOG_LINES, "rank", Optional.empty(), List.of("occurrences"))));
      case "piece_coverage" ->
          table(
              "How much the most frequent pieces cover",
              "Share of all tokens; what all pieces leave is unknown.",
              columns,
              rows,
              chart(ChartKind.LINES, "pieces", "lang", "coverage"));
      case "word_coverage" ->
          table(
              "How much the most frequent words cover",
              "Share of all words, cut at spaces, that a vocabulary of whole words would know.",
              columns,
              rows,
              chart(ChartKind.LINES, "words", "lang", "coverage"));
      case "unknown_tokens" ->
          table("Unknown tokens", "In the dialogues.", columns, rows, Optional.empty());
      case "splits" ->
          table(
              "Splits", "A conversation is never in two splits.", columns, rows, Optional.empty());
      case "dropped" ->
          table("Messages dropped, by reason", "", columns, rows, reasons("messages"));
      case "rejected" -> table("Rows rejected, by reason", "", columns, rows, reasons("rows"));
      case "frequent_texts" ->
          frequent(
              "Most frequent messages",
              "With their share of the language's messages; short replies make the head.",
              columns,
              rows);
      case "frequent_replies" ->
          frequent(
              "Most frequent replies",
              "Turns that answer another speaker, with their share of the language's replies.",
              columns,
              rows);
      default -> table(name, "", columns, rows, Optional.empty());
    };
  }

  private static Optional<Chart> reasons(String value) {
    return Optional.of(new Chart(ChartKind.BARS, "reason", Optional.empty(), List.of(value)));
  }

  private static ReportTable table(
      String title,
      String note,
      List<String> columns,
      List<List<Object>> rows,
      Optional<Chart> chart) {
    return new ReportTable(Section.CORPUS, title, note, columns, rows, chart);
  }

  private static Optional<Chart> chart(ChartKind kind, String label, String series, String value) {
    return Optional.of(new Chart(kind, label, Optional.of(series), List.of(value)));
  }

  /** Languages side by side, since readers compare ranks. */
  private static ReportTable frequent(
      String title, String note, List<String> columns, List<List<Object>> rows) {
    int lang = columns.indexOf("lang");
    int rank = columns.indexOf("rank");
    Map<Long, Map<String, List<Object>>> byRank = new TreeMap<>();
    // The corpus is mostly Korean, so Korean comes first.
    TreeSet<String> langs = new TreeSet<>(Comparator.reverseOrder());
    for (List<Object> row : rows) {
      long at = ((Number) row.get(rank)).longValue();
      if (at <= MAX_FREQUENT) {
        String of = row.get(lang).toString();
        langs.add(of);
        byRank
            .computeIfAbsent(at, key -> new TreeMap<>())
            .put(of, List.of(row.get(columns.indexOf("text")), row.get(columns.indexOf("share"))));
      }
    }
    List<String> shown = new ArrayList<>(List.of("rank"));
    langs.forEach(of -> shown.addAll(List.of(of, of + " share")));
    List<List<Object>> shownRows = new ArrayList<>();
    byRank.forEach(
        (at, texts) -> {
          List<Object> row = new ArrayList<>(List.of(at));
          langs.forEach(of -> row.addAll(texts.getOrDefault(of, List.of("", ""))));
          shownRows.add(row);
        });
    return table(title, note, shown, shownRows, Optional.empty());
  }
}
