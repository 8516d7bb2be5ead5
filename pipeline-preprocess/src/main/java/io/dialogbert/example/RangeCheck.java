package io.dialogbert.example;

import java.util.Locale;

/**
 * A measured value with its expected range. Shared by console, manifest and report.
 *
 * @param name name in the manifest
 * @param min minimum expected value
 * @param max maximum expected value
 */
public record RangeCheck(String name, double value, double min, double max) {
  /** Suffixes for the ends of the range in the manifest, after the figure's name. */
  public static final String MIN_SUFFIX = ".expected_least";

  public static final String MAX_SUFFIX = ".expected_most";

  /** Whether the value is in the range, up to rounding. */
  public boolean isInRange() {
    double rounding = 1e-9 * Math.abs(value);
    return value >= min - rounding && value <= max + rounding;
  }

  /** The value as text. */
  public String measured() {
    return format(value);
  }

  /** The range as text, marked if the value is outside. */
  public String expected() {
    String range = min == max ? format(min) : format(min) + " to " + format(max);
    return isInRange() ? range : range + "   <-- OUTSIDE";
  }

  /** The figure as a table line. */
  public String line() {
    return String.format(Locale.ROOT, "  %-17s %14s   expected %s", name, measured(), expected());
  }

  private static String format(double number) {
    return String.format(Locale.ROOT, number < 100 ? "%.4f" : "%,.0f", number);
  }
}
