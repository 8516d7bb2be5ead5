package io.dialogbert.example;

import java.util.Locale;

/**
 * A measured value beside the range that it is expected in. Console, manifest and report all have
 * it from here.
 *
 * @param name as the manifest has it
 * @param least smallest value expected
 * @param most largest value expected
 */
public record ExpectedFigure(String name, double value, double least, double most) {
  /** What the manifest calls the ends of the range, behind the figure's name. */
  public static final String LEAST = ".expected_least";

  public static final String MOST = ".expected_most";

  /** Whether the value lies in the range; rounding is forgiven. */
  public boolean isAsExpected() {
    double rounding = 1e-9 * Math.abs(value);
    return value >= least - rounding && value <= most + rounding;
  }

  /** The value in words. */
  public String measured() {
    return format(value);
  }

  /** The range in words, marked if the value is outside. */
  public String expected() {
    String range = least == most ? format(least) : format(least) + " to " + format(most);
    return isAsExpected() ? range : range + "   <-- OUTSIDE";
  }

  /** The figure as a line of a table. */
  public String line() {
    return String.format(Locale.ROOT, "  %-17s %14s   expected %s", name, measured(), expected());
  }

  private static String format(double number) {
    return String.format(Locale.ROOT, number < 100 ? "%.4f" : "%,.0f", number);
  }
}
