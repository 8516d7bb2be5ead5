package io.dialogbert.report;

import java.util.ArrayList;
import java.util.List;

/**
 * A table for the console. Numbers are right-aligned; Hangul, kana and ideographs are two cells
 * wide.
 */
public final class TextTable {
  private final List<String> columns;
  private final List<List<String>> rows = new ArrayList<>();

  public TextTable(String... columns) {
    this.columns = List.of(columns);
  }

  /**
   * Adds a row.
   *
   * @param values one per column
   */
  public TextTable row(Object... values) {
    if (values.length != columns.size()) {
      throw new IllegalArgumentException(
          "row has " + values.length + " values, expected " + columns.size());
    }
    List<String> row = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      row.add(Values.cell(columns.get(i), values[i]));
    }
    rows.add(row);
    return this;
  }

  /** The table with a line under its header; lines end in a line feed. */
  public String render() {
    StringBuilder out = new StringBuilder();
    int[] widths = new int[columns.size()];
    boolean[] numeric = new boolean[columns.size()];
    for (int i = 0; i < widths.length; i++) {
      int column = i;
      widths[i] = width(columns.get(i));
      rows.forEach(row -> widths[column] = Math.max(widths[column], width(row.get(column))));
      numeric[i] =
          !rows.isEmpty()
              && rows.stream().allMatch(row -> row.get(column).matches("[-\\d.,e+%s: ]*"));
    }
    line(out, columns, widths, numeric);
    List<String> rule = new ArrayList<>();
    for (int width : widths) {
      rule.add("-".repeat(width));
    }
    line(out, rule, widths, numeric);
    rows.forEach(row -> line(out, row, widths, numeric));
    return out.toString();
  }

  private static void line(StringBuilder out, List<String> cells, int[] widths, boolean[] numeric) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      String padding = " ".repeat(widths[i] - width(cells.get(i)));
      line.append(i == 0 ? "" : "  ");
      line.append(numeric[i] ? padding + cells.get(i) : cells.get(i) + padding);
    }
    out.append(line.toString().stripTrailing()).append('\n');
  }

  /** Width in terminal cells, after the wide and fullwidth ranges of Unicode Standard Annex 11. */
  static int width(String text) {
    return text.codePoints().map(TextTable::width).sum();
  }

  private static int width(int codePoint) {
    int type = Character.getType(codePoint);
    if (type == Character.NON_SPACING_MARK
        || type == Character.ENCLOSING_MARK
        || type == Character.FORMAT) {
      return 0;
    }
    boolean wide =
        (codePoint >= 0x1100 && codePoint <= 0x115F)
            || (codePoint >= 0x2E80 && codePoint <= 0xA4CF)
            || (codePoint >= 0xAC00 && codePoint <= 0xD7A3)
            || (codePoint >= 0xF900 && codePoint <= 0xFAFF)
            || (codePoint >= 0xFE30 && codePoint <= 0xFE6F)
            || (codePoint >= 0xFF00 && codePoint <= 0xFF60)
            || (codePoint >= 0xFFE0 && codePoint <= 0xFFE6)
            || (codePoint >= 0x1F300 && codePoint <= 0x1FAFF)
            || (codePoint >= 0x20000 && codePoint <= 0x3FFFD);
    return wide ? 2 : 1;
  }
}
