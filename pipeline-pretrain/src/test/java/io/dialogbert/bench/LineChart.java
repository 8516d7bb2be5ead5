package io.dialogbert.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A line chart as SVG; all lines have values at the same places. */
final class LineChart {
  private static final int WIDTH = 760;
  private static final int HEIGHT = 360;
  private static final int LEFT = 60;
  private static final int RIGHT = 250;
  private static final int TOP = 20;
  private static final int BOTTOM = 50;
  private static final int GRID_LINES = 5;

  /** The palette of Okabe and Ito, which color-blind people can distinguish. */
  private static final List<String> COLORS =
      List.of("#000000", "#0072b2", "#56b4e9", "#d55e00", "#e69f00", "#009e73", "#cc79a7");

  private final String horizontal;
  private final String vertical;
  private final List<Integer> places;
  private final Map<String, List<Double>> lines = new LinkedHashMap<>();

  /** Creates a chart without lines; the places are drawn at equal distances. */
  LineChart(String horizontal, String vertical, List<Integer> places) {
    this.horizontal = horizontal;
    this.vertical = vertical;
    this.places = places;
  }

  void add(String label, List<Double> values) {
    lines.put(label, values);
  }

  String toSvg() {
    double low = values().stream().min(Double::compare).orElseThrow();
    double high = values().stream().max(Double::compare).orElseThrow();
    List<String> svg = new ArrayList<>();
    svg.add(
        format(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\""
                + " font-family=\"sans-serif\" font-size=\"12\">",
            WIDTH, HEIGHT));
    svg.add("<rect width=\"100%\" height=\"100%\" fill=\"white\"/>");
    for (int i = 0; i < GRID_LINES; i++) {
      double value = low + (high - low) * i / (GRID_LINES - 1);
      double y = y(value, low, high);
      svg.add(
          format(
              "<path d=\"M%d %.1fH%d\" stroke=\"#ddd\"/>%s",
              LEFT, y, WIDTH - RIGHT, text(LEFT - 6, y + 4, "end", format("%.2f", value))));
    }
    for (int i = 0; i < places.size(); i++) {
      svg.add(text(x(i), HEIGHT - BOTTOM + 18, "middle", places.get(i).toString()));
    }
    svg.add(text((LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 10, "middle", horizontal));
    svg.add(text(LEFT, TOP - 6, "start", vertical));
    int number = 0;
    for (Map.Entry<String, List<Double>> line : lines.entrySet()) {
      String color = COLORS.get(number % COLORS.size());
      StringBuilder path = new StringBuilder();
      for (int i = 0; i < places.size(); i++) {
        double y = y(line.getValue().get(i), low, high);
        path.append(format("%s%.1f %.1f", i == 0 ? "M" : "L", x(i), y));
      }
      svg.add(
          format("<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>", path, color));
      int y = TOP + 10 + 20 * number++;
      svg.add(
          format(
              "<path d=\"M%d %dh20\" stroke=\"%s\" stroke-width=\"2\"/>%s",
              WIDTH - RIGHT + 20,
              y,
              color,
              text(WIDTH - RIGHT + 46, y + 4, "start", line.getKey())));
    }
    svg.add("</svg>");
    return String.join("\n", svg) + "\n";
  }

  private List<Double> values() {
    return lines.values().stream().flatMap(List::stream).toList();
  }

  private double x(int place) {
    return LEFT + (double) (WIDTH - LEFT - RIGHT) * place / (places.size() - 1);
  }

  private static double y(double value, double low, double high) {
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (value - low) / (high - low);
  }

  private static String text(double x, double y, String anchor, String text) {
    return format("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>", x, y, anchor, text);
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
