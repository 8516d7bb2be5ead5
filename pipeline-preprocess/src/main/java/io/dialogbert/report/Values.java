package io.dialogbert.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** Formats values for human readers. */
final class Values {
  private Values() {}

  /** Whether a column with this name holds fractions of a whole. */
  static boolean isFraction(String column) {
    return column.matches(".*(ratio|rate|share|accuracy|coverage)|share_of_.*");
  }

  /** A cell of a table. */
  static String cell(String column, Object value) {
    if (value instanceof Double number) {
      return isFraction(column) ? percent(number) : number(number);
    }
    return value instanceof Number number
        ? String.format(Locale.ROOT, "%,d", number.longValue())
        : value.toString();
  }

  /** Four significant digits, or all digits before the decimal point. */
  static String number(double value) {
    if (!Double.isFinite(value)) {
      return String.valueOf(value);
    }
    return Math.abs(value) >= 1000
        ? String.format(Locale.ROOT, "%,.0f", value)
        : new BigDecimal(value).round(new MathContext(4)).stripTrailingZeros().toPlainString();
  }

  static String percent(double fraction) {
    double percent = fraction * 100;
    return String.format(Locale.ROOT, Math.abs(percent) < 10 ? "%.2f %%" : "%.1f %%", percent);
  }

  /** Bytes in the largest binary unit that gives at least one. */
  static String bytes(long bytes) {
    String[] units = {"B", "KiB", "MiB", "GiB", "TiB"};
    double value = bytes;
    int unit = 0;
    while (value >= 1024 && unit < units.length - 1) {
      value /= 1024;
      unit++;
    }
    return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", value, units[unit]);
  }
}
