package io.dialogbert.job.ingest.read;

import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Predicate;

/**
 * The records of a CSV file by RFC 4180: a field in double quotes may contain delimiters, doubled
 * quotes and line breaks. Empty lines are skipped.
 *
 * <p>No line is lost to a bad quote. If lines joined by a quote are not a record, only the first is
 * a broken record, and reading continues with the second. The time stays linear: the next line with
 * an odd number of quotes ends the search, so the lines between are read at most twice.
 */
public final class CsvRecords implements Closeable {
  /**
   * A line of the file.
   *
   * @param broken why it cannot be read; null if it can
   * @param isCut whether it was too long to be read as a whole, so that its quotes are unknown
   */
  private record Line(String text, long row, RejectedRow broken, boolean isCut) {}

  private final LineFile lines;
  private final char delimiter;

  /** Lines read ahead in search of a record's end. */
  private final Deque<Line> ahead = new ArrayDeque<>();

  private Line first;
  private String record;
  private List<String> fields;
  private RejectedRow broken;
  private boolean inRecord;

  public CsvRecords(LineFile lines, char delimiter) {
    this.lines = lines;
    this.delimiter = delimiter;
  }

  /**
   * Moves to the next record.
   *
   * @param width number of fields that a record of several lines must have; 0 for any number
   * @param isRecord whether a line is a record by itself, so that quotes which make it part of
   *     another record must be wrong
   * @return whether there is one
   */
  public boolean next(int width, Predicate<String> isRecord) throws IOException {
    do {
      first = read();
      if (first == null) {
        return false;
      }
    } while (first.text.isEmpty());
    inRecord = true;
    CsvFields found = new CsvFields(delimiter).add(first.text);
    StringBuilder all = new StringBuilder(first.text);
    RejectedRow unreadable = first.broken;
    List<Line> rest = new ArrayList<>();
    while (found.isOpen() && !first.isCut && all.length() <= LineFile.MAX_LINE_BYTES) {
      Line line = read();
      if (line == null) {
        break;
      }
      rest.add(line);
      if (line.isCut) {
        break;
      }
      found.add("\n").add(line.text);
      all.append('\n').append(line.text);
      unreadable = unreadable == null ? line.broken : unreadable;
    }
    inRecord = false;
    boolean together =
        found.isWellFormed()
            && (rest.isEmpty()
                || ((width == 0 || found.all().size() == width)
                    && rest.stream().map(Line::text).noneMatch(isRecord)));
    if (together) {
      record = all.toString();
      fields = found.all();
      broken = unreadable;
    } else {
      for (int i = rest.size() - 1; i >= 0; i--) {
        ahead.addFirst(rest.get(i));
      }
      record = first.text;
      broken = first.broken != null ? first.broken : badQuotes(found);
    }
    return true;
  }

  private static RejectedRow badQuotes(CsvFields found) {
    return found.isOpen()
        ? new RejectedRow("unclosed-quote", "a field in quotes must end with one, within 1 MiB")
        : new RejectedRow(
            "bad-quotes", "a quote in a field must be doubled, not escaped by a backslash");
  }

  private Line read() throws IOException {
    if (!ahead.isEmpty()) {
      return ahead.remove();
    }
    if (!lines.next()) {
      return null;
    }
    try {
      return new Line(lines.text(), lines.row(), null, false);
    } catch (RejectedRow e) {
      return new Line(lines.lenientText(), lines.row(), e, lines.isTooLong());
    }
  }

  /** One-based number of the line in which the current record begins. */
  public long row() {
    return first.row;
  }

  /** Number of the line in which the next record, or the unfinished one, begins. */
  public long nextRow() {
    if (inRecord) {
      return first.row;
    }
    return ahead.isEmpty() ? lines.row() + 1 : ahead.element().row;
  }

  /** The text of the current record as in the file. */
  String text() {
    return record;
  }

  /**
   * The fields of the current record.
   *
   * @throws RejectedRow if it is not UTF-8, too long, or not quoted as in RFC 4180
   */
  public List<String> fields() throws RejectedRow {
    if (broken != null) {
      throw broken;
    }
    return fields;
  }

  /** Digests the current record. */
  void digest(MessageDigest digest) {
    digest.update(record.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
