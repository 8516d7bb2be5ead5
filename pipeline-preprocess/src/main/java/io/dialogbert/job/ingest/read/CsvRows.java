package io.dialogbert.job.ingest.read;

import io.dialogbert.text.normalize.CanonicalId;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** CSV with a header. */
public final class CsvRows implements RowReader {
  private final CsvRecords records;
  private final Pattern delimiter;
  private final RawMessageParser parser;
  private final Map<RawField, Integer> columns = new EnumMap<>(RawField.class);
  private final Map<RawField, Object> values = new EnumMap<>(RawField.class);
  private int width;

  /**
   * Reads the header.
   *
   * @throws BadFileException if it lacks a column that the schema names
   */
  public CsvRows(LineFile lines, char delimiter, RawSchema schema)
      throws IOException, BadFileException {
    this.records = new CsvRecords(lines, delimiter);
    this.delimiter = Pattern.compile(Pattern.quote(String.valueOf(delimiter)));
    this.parser = new RawMessageParser(schema);
    if (records.next(0, line -> false)) {
      List<String> header = header();
      width = header.size();
      for (Map.Entry<RawField, String> column : schema.columns().entrySet()) {
        int index = header.indexOf(column.getValue());
        if (index != header.lastIndexOf(column.getValue())) {
          throw wrong("the header must have the column " + column.getValue() + " once");
        }
        if (index >= 0) {
          columns.put(column.getKey(), index);
        } else if (column.getKey() != RawField.SENDER_NAME) {
          throw wrong("the header must have the column " + column.getValue());
        }
      }
    }
  }

  private List<String> header() throws BadFileException {
    try {
      List<String> header = new ArrayList<>();
      for (String name : records.fields()) {
        // Concatenated files may have one or more byte order marks before the first name.
        header.add(CanonicalId.of(name));
      }
      return header;
    } catch (RejectedRow e) {
      throw wrong("the header must be readable: " + e.rule);
    }
  }

  private static BadFileException wrong(String rule) {
    return new BadFileException(BadFileException.WRONG_COLUMNS, rule);
  }

  @Override
  public boolean next() throws IOException, BadFileException {
    if (!records.next(width, this::isRecord)) {
      return false;
    }
    if (records.text().indexOf('\r') >= 0
        && !hasWidth()
        && anyIsRecord(records.text().split("\r"))) {
      throw new BadFileException(
          BadFileException.WRONG_LINE_ENDS,
          "all lines must end with LF or CR LF, but some of this file end with CR alone");
    }
    return true;
  }

  private boolean hasWidth() {
    try {
      return records.fields().size() == width;
    } catch (RejectedRow e) {
      return false;
    }
  }

  private boolean anyIsRecord(String[] lines) {
    return Stream.of(lines).anyMatch(this::isRecord);
  }

  /** Whether a line is a row, ignoring quotes. */
  private boolean isRecord(String line) {
    String[] fields = delimiter.split(line, -1);
    if (fields.length != width) {
      return false;
    }
    try {
      values.clear();
      columns.forEach((field, index) -> values.put(field, fields[index].replace("\"", "")));
      parser.message(values, 0);
      return true;
    } catch (RejectedRow e) {
      return e.isSystemRow();
    }
  }

  @Override
  public long row() {
    return records.row();
  }

  @Override
  public long nextRow() {
    return records.nextRow();
  }

  @Override
  public RawMessage message() throws RejectedRow {
    List<String> fields = records.fields();
    if (fields.size() != width) {
      throw new RejectedRow(
          "wrong-number-of-columns", "a row must have the " + width + " columns of the header");
    }
    values.clear();
    columns.forEach((field, index) -> values.put(field, fields.get(index)));
    return parser.message(values, row());
  }

  @Override
  public void digest(MessageDigest digest) {
    records.digest(digest);
  }

  @Override
  public void close() throws IOException {
    records.close();
  }
}
