package io.dialogbert.example;

import java.util.Locale;

/**
 * A measured value with its expected range. Shared by console, manifest and report.
 *
 * @param name name in the manifest
 * @param least minimum expected value
 * @param most maximum expected value
 */
public record ExpectedFigure(String name, double value, double least, double most) {
  /** Suffixes for the ends of the range in the manifest, after the figure's name. */
  public static final String LEAST = ".expected_least";

  public static final String MOST = ".expected_most";

  /** Whether the value is in the range, up to rounding. */
  public boolean isAsExpected() {
    double rounding = 1e-9 * Math.abs(value);
    return value >= least - rounding && value <= most + rounding;
  }

  /** The value as text. */
  public String measured() {
    return format(value);
  }

  /** The range as text, marked if the value is outside. */
  public String expected() {
    String range = least == most ? format(least) : format(least) + " to " + format(most);
    return isAsExpected() ? range : range + "   <-- OUTSIDE";
  }

  /** The figure as a table line. */
  public String line() {
    return String.format(Locale.ROOT, "  %-17s %14s   expected %s", name, measured(), expected());
  }

  private static String format(double number) {
    return String.format(Locale.ROOT, number < 100 ? "%.4f" : "%,.0f", number);
  }
}
