package io.dialogbert.example;

import java.util.Locale;

/**
 * A measured value beside the range that it is expected in.
 *
 * @param least smallest value expected
 * @param most largest value expected
 */
public record ExpectedFigure(String name, double value, double least, double most) {
  /** Whether the value lies in the range; rounding is forgiven. */
  public boolean isAsExpected() {
    double rounding = 1e-9 * Math.abs(value);
    return value >= least - rounding && value <= most + rounding;
  }

  /** The figure as a line of a table, marked if it is not as expected. */
  public String line() {
    String expected = least == most ? format(least) : format(least) + " to " + format(most);
    return String.format(
        Locale.ROOT,
        "  %-14s %14s   expected %s%s",
        name,
        format(value),
        expected,
        isAsExpected() ? "" : "   <-- OUTSIDE");
  }

  private static String format(double number) {
    return String.format(Locale.ROOT, number < 100 ? "%.4f" : "%,.0f", number);
  }
}
