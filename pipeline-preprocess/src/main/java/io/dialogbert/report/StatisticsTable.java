package io.dialogbert.report;

import io.dialogbert.report.ReportTable.Chart;
import io.dialogbert.report.ReportTable.ChartKind;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The tables of {@code corpus-stats}: what they hold, how their rows are sorted, and how the report
 * shows them. The job writes them, and {@link CorpusTables} renders them.
 */
public enum StatisticsTable {
  MESSAGES_PER_DAY(
      columns(text("lang"), text("source"), day("day"), count("messages"), count("characters")),
      sortedBy("lang", "source", "day"),
      shown(
          "Messages per day",
          "After cleaning, by language; days in UTC.",
          byLang(ChartKind.DAYS, "day", "messages"))),
  DIALOGUES_PER_DAY(
      columns(text("lang"), text("source"), day("day"), count("dialogues"), count("turns")),
      sortedBy("lang", "source", "day"),
      shown(
          "Dialogues per day",
          "By the day in UTC on which they start; their source is that of the conversation.",
          byLang(ChartKind.DAYS, "day", "dialogues"))),
  MESSAGE_LENGTHS(
      columns(text("lang"), integer("characters_from"), count("messages")),
      sortedBy("lang", "characters_from"),
      shown(
          "Message length in characters",
          "In steps; the last step holds all longer messages.",
          byLang(ChartKind.BARS, "characters_from", "messages"))),
  MESSAGE_TOKENS(
      columns(text("lang"), integer("tokens_from"), count("messages")),
      sortedBy("lang", "tokens_from"),
      shown(
          "Message length in tokens",
          "The last bar holds all longer messages.",
          byLang(ChartKind.BARS, "tokens_from", "messages"))),
  TURN_TOKENS(
      columns(text("lang"), integer("tokens_from"), count("turns")),
      sortedBy("lang", "tokens_from"),
      shown(
          "Turn length in tokens",
          "Consecutive messages of one sender are one turn; the last bar holds all longer turns.",
          byLang(ChartKind.BARS, "tokens_from", "turns"))),
  TURNS_PER_DIALOGUE(
      columns(text("lang"), integer("turns"), count("dialogues")),
      sortedBy("lang", "turns"),
      shown(
          "Turns per dialogue",
          "The last bar holds all longer dialogues.",
          byLang(ChartKind.BARS, "turns", "dialogues"))),
  SPLITS(
      columns(text("lang"), text("split"), count("dialogues"), count("turns")),
      sortedBy("lang", "split"),
      shown("Splits", "A conversation is never in two splits.")),
  FREQUENT_TEXTS(
      columns(
          text("lang"),
          count("rank"),
          text("text"),
          count("messages"),
          count("senders"),
          fraction("share")),
      sortedBy("lang", "rank"),
      sideBySide(
          "Most frequent messages",
          "With their share of the language's messages; short replies make the head.")),
  FREQUENT_REPLIES(
      columns(
          text("lang"),
          count("rank"),
          text("text"),
          count("replies"),
          count("senders"),
          fraction("share")),
      sortedBy("lang", "rank"),
      sideBySide(
          "Most frequent replies",
          "Turns that answer another speaker, with their share of the language's replies.")),
  TEXT_COVERAGE(
      columns(
          text("lang"), fraction("share_of_texts"), count("texts"), fraction("share_of_messages")),
      sortedBy("lang", "share_of_texts"),
      shown(
          "How much the most frequent messages cover",
          "Share of all messages that the most frequent share of distinct texts makes up.",
          byLang(ChartKind.LINES, "share_of_texts", "share_of_messages"))),
  REPLY_COVERAGE(
      columns(
          text("lang"), fraction("share_of_texts"), count("texts"), fraction("share_of_replies")),
      sortedBy("lang", "share_of_texts"),
      shown(
          "How much the most frequent replies cover",
          "Share of all replies that the most frequent share of distinct replies makes up.",
          byLang(ChartKind.LINES, "share_of_texts", "share_of_replies"))),
  TOKEN_FREQUENCIES(
      columns(
          count("rank"), integer("id"), text("piece"), count("occurrences"), fraction("coverage")),
      sortedBy("rank"),
      shown(
          "Token frequencies",
          "Occurrences by rank, both axes logarithmic: natural text is close to a line.",
          together(ChartKind.LOG_LOG_LINES, "rank", "occurrences"))),
  PIECE_COVERAGE(
      columns(text("lang"), count("pieces"), fraction("coverage")),
      sortedBy("lang", "pieces"),
      shown(
          "How much the most frequent pieces cover",
          "Share of all tokens; what all pieces leave is unknown.",
          byLang(ChartKind.LINES, "pieces", "coverage"))),
  WORD_COVERAGE(
      columns(text("lang"), count("words"), fraction("coverage")),
      sortedBy("lang", "words"),
      shown(
          "How much the most frequent words cover",
          "Share of all words, cut at spaces, that a vocabulary of whole words would know.",
          byLang(ChartKind.LINES, "words", "coverage"))),
  UNKNOWN_TOKENS(
      columns(text("lang"), count("tokens"), count("unknown"), fraction("unknown_rate")),
      sortedBy("lang"),
      shown("Unknown tokens", "In the dialogues.")),
  DROPPED(
      columns(text("job"), text("reason"), count("messages")),
      unsorted(),
      shown("Messages dropped, by reason", "", together(ChartKind.BARS, "reason", "messages"))),
  REJECTED(
      columns(text("job"), text("reason"), count("rows")),
      unsorted(),
      shown("Rows rejected, by reason", "", together(ChartKind.BARS, "reason", "rows"))),
  PERSONAL_DATA(
      columns(text("job"), text("kind"), count("matches")), unsorted(), shownFromManifests()),
  OUTCOMES(columns(text("job"), text("what"), count("number")), unsorted(), shownFromManifests());

  /** What a column holds. */
  public enum Kind {
    TEXT(String.class),
    INTEGER(Integer.class),
    COUNT(Long.class),
    FRACTION(Double.class),
    DAY(LocalDate.class);

    private final Class<?> type;

    Kind(Class<?> type) {
      this.type = type;
    }

    /** The type of its values in Java. */
    public Class<?> type() {
      return type;
    }
  }

  /** A column of the Parquet file. */
  public record Column(String name, Kind kind) {}

  /** How rows stand on the page. */
  enum Layout {
    ROWS,
    /** The ranks of the languages beside each other. */
    SIDE_BY_SIDE
  }

  /**
   * How the report shows a table.
   *
   * @param title heading
   * @param note a sentence below the heading, or empty
   * @param chart its chart, if any
   */
  record Display(String title, String note, Layout layout, Optional<Chart> chart) {}

  private final List<Column> columns;
  private final List<String> order;
  private final Optional<Display> display;

  StatisticsTable(List<Column> columns, List<String> order, Optional<Display> display) {
    this.columns = columns;
    this.order = order;
    this.display = display;
  }

  /** The table of a directory, if it is one of these. */
  static Optional<StatisticsTable> of(String directory) {
    return Arrays.stream(values()).filter(table -> table.directory().equals(directory)).findFirst();
  }

  /** The table's name: its directory in the job's output. */
  public String directory() {
    return name().toLowerCase(Locale.ROOT);
  }

  public List<Column> columns() {
    return columns;
  }

  public List<String> columnNames() {
    return columns.stream().map(Column::name).toList();
  }

  /** The sort columns; none if rows keep the order in which the job adds them. */
  public List<String> order() {
    return order;
  }

  /** How the report shows the table; empty if it shows the same numbers from the manifests. */
  Optional<Display> display() {
    return display;
  }

  private static List<Column> columns(Column... columns) {
    return List.of(columns);
  }

  private static Column text(String name) {
    return new Column(name, Kind.TEXT);
  }

  private static Column integer(String name) {
    return new Column(name, Kind.INTEGER);
  }

  private static Column count(String name) {
    return new Column(name, Kind.COUNT);
  }

  private static Column fraction(String name) {
    return new Column(name, Kind.FRACTION);
  }

  private static Column day(String name) {
    return new Column(name, Kind.DAY);
  }

  private static List<String> sortedBy(String... columns) {
    return List.of(columns);
  }

  private static List<String> unsorted() {
    return List.of();
  }

  private static Optional<Display> shown(String title, String note) {
    return Optional.of(new Display(title, note, Layout.ROWS, Optional.empty()));
  }

  private static Optional<Display> shown(String title, String note, Chart chart) {
    return Optional.of(new Display(title, note, Layout.ROWS, Optional.of(chart)));
  }

  private static Optional<Display> sideBySide(String title, String note) {
    return Optional.of(new Display(title, note, Layout.SIDE_BY_SIDE, Optional.empty()));
  }

  private static Optional<Display> shownFromManifests() {
    return Optional.empty();
  }

  private static Chart byLang(ChartKind kind, String label, String value) {
    return new Chart(kind, label, Optional.of("lang"), List.of(value));
  }

  private static Chart together(ChartKind kind, String label, String value) {
    return new Chart(kind, label, Optional.empty(), List.of(value));
  }
}
