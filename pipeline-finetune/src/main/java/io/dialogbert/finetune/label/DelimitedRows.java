package io.dialogbert.finetune.label;

import io.dialogbert.job.ingest.read.BadFileException;
import io.dialogbert.job.ingest.read.CsvRecords;
import io.dialogbert.job.ingest.read.LineFile;
import io.dialogbert.job.ingest.read.RejectedRow;
import io.dialogbert.text.normalize.CanonicalId;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * TSV or CSV. A column is named by the header or, as {@code #0}, {@code #1} and so on, by its
 * place. Rows must have as many columns as the header or, without one, the first readable row.
 */
final class DelimitedRows implements LabeledRows {
  /** Lines, or the records that quotes make of them. */
  private interface Records {
    boolean next(int width) throws IOException;

    long row();

    long nextRow();

    List<String> fields() throws RejectedRow;
  }

  private final LineFile lines;
  private final Records records;
  private final Map<String, Integer> columns = new HashMap<>();
  private int width;

  /**
   * Opens TSV.
   *
   * @throws BadFileException if the header lacks a column
   */
  static DelimitedRows tsv(LineFile lines, boolean header, List<String> columns)
      throws IOException, BadFileException {
    return new DelimitedRows(lines, new Lines(lines), header, columns);
  }

  /**
   * Opens CSV.
   *
   * @param isExample whether values by column are an example, so that the line that holds them is
   *     not part of a longer record
   * @throws BadFileException if the header lacks a column
   */
  static DelimitedRows csv(
      LineFile lines,
      char delimiter,
      boolean header,
      List<String> columns,
      Predicate<Map<String, String>> isExample)
      throws IOException, BadFileException {
    Quoted quoted = new Quoted(new CsvRecords(lines, delimiter), delimiter);
    DelimitedRows rows = new DelimitedRows(lines, quoted, header, columns);
    quoted.isRecord =
        fields -> fields.size() == rows.width && isExample.test(rows.byColumn(fields));
    return rows;
  }

  private DelimitedRows(LineFile lines, Records records, boolean header, List<String> names)
      throws IOException, BadFileException {
    this.lines = lines;
    this.records = records;
    List<String> found = header ? header() : List.of();
    width = found.size();
    for (String name : names) {
      columns.put(name, position(name, header, found));
    }
  }

  private List<String> header() throws IOException, BadFileException {
    if (!records.next(0)) {
      throw wrong("a file must have a header");
    }
    try {
      return records.fields().stream().map(CanonicalId::of).toList();
    } catch (RejectedRow e) {
      throw wrong("the header must be readable: " + e.rule);
    }
  }

  private static int position(String name, boolean header, List<String> found)
      throws BadFileException {
    if (LabeledFilesConfig.isPosition(name)) {
      int position = Integer.parseInt(name.substring(1));
      if (header && position >= found.size()) {
        throw wrong("the header must have " + (position + 1) + " columns for " + name);
      }
      return position;
    }
    int position = found.indexOf(name);
    if (position < 0 || position != found.lastIndexOf(name)) {
      throw wrong("the header must have the column " + name + (position < 0 ? "" : " once"));
    }
    return position;
  }

  private static BadFileException wrong(String rule) {
    return new BadFileException(BadFileException.WRONG_COLUMNS, rule);
  }

  @Override
  public boolean next() throws IOException {
    return records.next(width);
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
  public Map<String, String> values() throws RejectedRow {
    List<String> fields = records.fields();
    if (width == 0) {
      width = fields.size();
    }
    if (fields.size() != width) {
      throw new RejectedRow(
          "wrong-number-of-columns",
          "a row must have " + width + " columns, as the header or the first row has");
    }
    return byColumn(fields);
  }

  /** A place beyond the last column has no value. */
  private Map<String, String> byColumn(List<String> fields) {
    Map<String, String> values = new HashMap<>();
    columns.forEach(
        (name, position) -> {
          if (position < fields.size()) {
            values.put(name, fields.get(position));
          }
        });
    return values;
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }

  /** TSV. */
  private record Lines(LineFile lines) implements Records {
    @Override
    public boolean next(int width) throws IOException {
      boolean found = lines.next();
      while (found && lines.isBlank()) {
        found = lines.next();
      }
      return found;
    }

    @Override
    public long row() {
      return lines.row();
    }

    @Override
    public long nextRow() {
      return lines.row() + 1;
    }

    @Override
    public List<String> fields() throws RejectedRow {
      return List.of(lines.text().split("\t", -1));
    }
  }

  /** CSV. */
  private static final class Quoted implements Records {
    private final CsvRecords records;
    private final Pattern delimiter;
    private Predicate<List<String>> isRecord = fields -> false;

    Quoted(CsvRecords records, char delimiter) {
      this.records = records;
      this.delimiter = Pattern.compile(Pattern.quote(String.valueOf(delimiter)));
    }

    @Override
    public boolean next(int width) throws IOException {
      return records.next(width, this::isRecord);
    }

    /**
     * Whether a line is a record, ignoring quotes. With an odd number of them it may end a field of
     * several lines, and what follows that field looks like a record.
     */
    private boolean isRecord(String line) {
      return line.chars().filter(c -> c == '"').count() % 2 == 0
          && isRecord.test(List.of(delimiter.split(line.replace("\"", ""), -1)));
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
    public List<String> fields() throws RejectedRow {
      return records.fields();
    }
  }
}
