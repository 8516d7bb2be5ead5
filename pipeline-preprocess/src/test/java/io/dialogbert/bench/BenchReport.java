package io.dialogbert.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Results of a benchmark: figures as a table and as one line of JSON. Higher is better. */
public final class BenchReport {
  /**
   * One figure.
   *
   * @param must lower bound, or null
   * @param aim target value, or null
   */
  public record Figure(String what, double value, String unit, Double must, Double aim) {
    boolean misses() {
      return must != null && !(value >= must);
    }
  }

  private final String bench;
  private final List<Figure> figures = new ArrayList<>();

  public BenchReport(String bench) {
    this.bench = bench;
  }

  /** Adds a figure that is checked against a bound. */
  public void add(String what, double value, String unit, Double must, Double aim) {
    figures.add(new Figure(what, value, unit, must, aim));
  }

  /** Adds a figure that is only reported. */
  public void add(String what, double value, String unit) {
    add(what, value, unit, null, null);
  }

  /** Prints table and JSON line; returns the exit status, 1 if a figure misses its must. */
  public int print() {
    System.out.printf("%n%-76s %10s %-12s %6s %6s%n", bench, "value", "unit", "must", "aim");
    List<Map<String, Object>> rows = new ArrayList<>();
    for (Figure figure : figures) {
      System.out.printf(
          "%-76s %10s %-12s %6s %6s %s%n",
          figure.what(),
          String.format(Locale.ROOT, figure.value() < 10 ? "%.3f" : "%.1f", figure.value()),
          figure.unit(),
          bound(figure.must()),
          bound(figure.aim()),
          figure.misses() ? "MISSED" : "");
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("what", figure.what());
      row.put("value", figure.value());
      row.put("unit", figure.unit());
      row.put("must", figure.must());
      row.put("aim", figure.aim());
      rows.add(row);
    }
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("bench", bench);
    line.put("figures", rows);
    try {
      System.out.println(new ObjectMapper().writeValueAsString(line));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("numbers and names always make JSON", e);
    }
    return figures.stream().anyMatch(Figure::misses) ? 1 : 0;
  }

  private static String bound(Double value) {
    return value == null ? "" : String.format(Locale.ROOT, "%.3g", value);
  }

  /** The middle value, or the mean of the two middle values if their number is even. */
  public static double median(List<Double> values) {
    return percentile(values, 0.5);
  }

  /** The value that a share of the values is below, linearly interpolated. */
  public static double percentile(List<Double> values, double share) {
    List<Double> sorted = values.stream().sorted().toList();
    double place = share * (sorted.size() - 1);
    int below = (int) place;
    int above = Math.min(below + 1, sorted.size() - 1);
    return sorted.get(below) + (place - below) * (sorted.get(above) - sorted.get(below));
  }
}
