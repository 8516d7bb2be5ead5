package io.dialogbert.preprocess;

import java.io.IOException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** CSV with a header. */
final class CsvRows implements RowReader {
  private final CsvRecords records;
  private final RawMessageParser parser;
  private final Map<RawField, Integer> columns = new EnumMap<>(RawField.class);
  private final Map<RawField, Object> values = new EnumMap<>(RawField.class);
  private int width;

  /**
   * Reads the header.
   *
   * @throws BadFile if it lacks a column that the schema names
   */
  CsvRows(CsvRecords records, RawSchema schema, String fileName) throws IOException, BadFile {
    this.records = records;
    this.parser = new RawMessageParser(schema, fileName);
    if (records.next()) {
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

  private List<String> header() throws BadFile {
    try {
      List<String> header = new ArrayList<>();
      for (String name : records.fields()) {
        header.add(name.strip());
      }
      return header;
    } catch (RejectedRow e) {
      throw wrong("the header must be readable: " + e.rule);
    }
  }

  private static BadFile wrong(String rule) {
    return new BadFile(BadFile.WRONG_COLUMNS, rule);
  }

  @Override
  public boolean next() throws IOException, BadFile {
    return records.next();
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
    String[] fields = records.fields();
    if (fields.length != width) {
      throw new RejectedRow(
          "wrong-number-of-columns", "a row must have the " + width + " columns of the header");
    }
    values.clear();
    columns.forEach((field, index) -> values.put(field, fields[index]));
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
