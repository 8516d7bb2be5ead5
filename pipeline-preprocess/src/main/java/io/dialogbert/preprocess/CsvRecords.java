package io.dialogbert.preprocess;

import com.univocity.parsers.common.TextParsingException;
import com.univocity.parsers.csv.CsvParser;
import com.univocity.parsers.csv.CsvParserSettings;
import com.univocity.parsers.csv.UnescapedQuoteHandling;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * The records of a CSV file as RFC 4180 has them: a field in double quotes may hold delimiters,
 * doubled quotes and line breaks. Empty lines are no records.
 */
final class CsvRecords implements Closeable {
  private static final char QUOTE = '"';
  private static final int MAX_COLUMNS = 10_000;

  /** Where a scan along a record is. */
  private enum Place {
    FIELD_START,
    PLAIN,
    QUOTED,
    /** After a quote in a quoted field: its end, or the first of two that stand for one. */
    AFTER_QUOTE
  }

  private final LineFile lines;
  private final char delimiter;
  private final CsvParser parser;
  private final StringBuilder record = new StringBuilder();
  private RejectedRow broken;
  private long row;
  private boolean inRecord;

  CsvRecords(LineFile lines, char delimiter) {
    this.lines = lines;
    this.delimiter = delimiter;
    CsvParserSettings settings = new CsvParserSettings();
    settings.getFormat().setDelimiter(delimiter);
    settings.getFormat().setQuote(QUOTE);
    settings.getFormat().setQuoteEscape(QUOTE);
    settings.getFormat().setLineSeparator("\n");
    settings.setIgnoreLeadingWhitespaces(false);
    settings.setIgnoreTrailingWhitespaces(false);
    settings.setNullValue("");
    settings.setEmptyValue("");
    settings.setCommentProcessingEnabled(false);
    settings.setMaxColumns(MAX_COLUMNS);
    // A record is never longer than that of a line.
    settings.setMaxCharsPerColumn(-1);
    settings.setUnescapedQuoteHandling(UnescapedQuoteHandling.RAISE_ERROR);
    parser = new CsvParser(settings);
  }

  /**
   * Moves to the next record.
   *
   * @return whether there is one
   * @throws BadFile if it has no end
   */
  boolean next() throws IOException, BadFile {
    record.setLength(0);
    broken = null;
    inRecord = false;
    do {
      if (!lines.next()) {
        return false;
      }
      row = lines.row();
      addLine();
    } while (record.isEmpty());
    inRecord = true;
    Place place = scan(Place.FIELD_START, 0);
    while (place == Place.QUOTED) {
      int from = record.length();
      if (!lines.next() || from > LineFile.MAX_LINE_BYTES) {
        throw new BadFile(
            BadFile.UNCLOSED_QUOTE, "a field in quotes must end with one, within 1 MiB");
      }
      record.append('\n');
      addLine();
      place = scan(place, from);
    }
    inRecord = false;
    return true;
  }

  private void addLine() {
    try {
      record.append(lines.text());
    } catch (RejectedRow e) {
      broken = e;
      record.append(lines.lenientText());
    }
  }

  private Place scan(Place start, int from) {
    Place place = start;
    for (int i = from; i < record.length(); i++) {
      char c = record.charAt(i);
      place =
          switch (place) {
            case QUOTED -> c == QUOTE ? Place.AFTER_QUOTE : Place.QUOTED;
            case AFTER_QUOTE -> c == QUOTE ? Place.QUOTED : outside(c);
            case FIELD_START -> c == QUOTE ? Place.QUOTED : outside(c);
            case PLAIN -> outside(c);
          };
    }
    return place;
  }

  private Place outside(char c) {
    return c == delimiter ? Place.FIELD_START : Place.PLAIN;
  }

  /** One-based number of the line in which the current record begins. */
  long row() {
    return row;
  }

  /** Number of the line in which the next record would begin, or the one that has no end. */
  long nextRow() {
    return inRecord ? row : lines.row() + 1;
  }

  /**
   * The fields of the current record.
   *
   * @throws RejectedRow if it is not UTF-8, too long, or not quoted as RFC 4180 has it
   */
  String[] fields() throws RejectedRow {
    if (broken != null) {
      throw broken;
    }
    try {
      return parser.parseLine(record.toString());
    } catch (TextParsingException e) {
      throw new RejectedRow("bad-quotes", "a quote in a field must be doubled");
    }
  }

  /** Digests the current record. */
  void digest(MessageDigest digest) {
    digest.update(record.toString().getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
