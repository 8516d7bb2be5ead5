package io.dialogbert.reaction;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Draws the coverage of the training split by number of classes: a line per language. */
public final class CoverageChart {
  private static final int WIDTH = 640;
  private static final int HEIGHT = 360;
  private static final int MARGIN = 56;
  private static final List<String> COLORS = List.of("#2563eb", "#dc2626", "#059669", "#d97706");

  private CoverageChart() {}

  /** An SVG document; classes on a logarithmic axis, shares from 0. */
  public static String svg(List<Coverage> coverage) {
    Map<String, List<Coverage>> byLang =
        coverage.stream()
            .filter(point -> point.split().equals("train"))
            .collect(Collectors.groupingBy(Coverage::lang, TreeMap::new, Collectors.toList()));
    int maxClasses = coverage.stream().mapToInt(Coverage::classes).max().orElse(1);
    double maxShare = coverage.stream().mapToDouble(Coverage::share).max().orElse(1);
    StringBuilder svg = new StringBuilder();
    add(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\""
            + " font-family=\"sans-serif\" font-size=\"13\">",
        WIDTH,
        HEIGHT);
    add(svg, "<rect width=\"%d\" height=\"%d\" fill=\"white\"/>", WIDTH, HEIGHT);
    add(
        svg,
        "<path d=\"M%d %dV%dH%d\" fill=\"none\" stroke=\"#888\"/>",
        MARGIN,
        MARGIN / 2,
        HEIGHT - MARGIN,
        WIDTH - MARGIN);
    add(
        svg,
        "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">classes</text>",
        WIDTH / 2,
        HEIGHT - 12);
    add(
        svg,
        "<text x=\"16\" y=\"%d\" text-anchor=\"middle\" transform=\"rotate(-90 16 %d)\">share of"
            + " replies</text>",
        HEIGHT / 2,
        HEIGHT / 2);
    int color = 0;
    for (Map.Entry<String, List<Coverage>> line : byLang.entrySet()) {
      String stroke = COLORS.get(color++ % COLORS.size());
      String points =
          line.getValue().stream()
              .map(point -> at(point, maxClasses, maxShare))
              .collect(Collectors.joining(" "));
      add(svg, "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\"/>", points, stroke);
      for (Coverage point : line.getValue()) {
        String[] xy = at(point, maxClasses, maxShare).split(",");
        add(svg, "<circle cx=\"%s\" cy=\"%s\" r=\"3\" fill=\"%s\">", xy[0], xy[1], stroke);
        add(
            svg,
            "<title>%s, %d classes: %.1f %%</title></circle>",
            point.lang(),
            point.classes(),
            100 * point.share());
        add(
            svg,
            "<text x=\"%s\" y=\"%d\" text-anchor=\"middle\">%d</text>",
            xy[0],
            HEIGHT - MARGIN + 18,
            point.classes());
      }
      Coverage last = line.getValue().get(line.getValue().size() - 1);
      String[] xy = at(last, maxClasses, maxShare).split(",");
      add(
          svg,
          "<text x=\"%s\" y=\"%s\" dy=\"-8\" text-anchor=\"end\" fill=\"%s\">%s %.1f %%</text>",
          xy[0],
          xy[1],
          stroke,
          last.lang(),
          100 * last.share());
    }
    return svg.append("</svg>\n").toString();
  }

  private static void add(StringBuilder svg, String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values)).append('\n');
  }

  private static String at(Coverage point, int maxClasses, double maxShare) {
    double x = Math.log(point.classes()) / Math.max(Math.log(maxClasses), 1e-9);
    double y = point.share() / Math.max(maxShare, 1e-9);
    return String.format(
        Locale.ROOT,
        "%.1f,%.1f",
        MARGIN + x * (WIDTH - 2 * MARGIN),
        HEIGHT - MARGIN - y * (HEIGHT - 2 * MARGIN));
  }
}
