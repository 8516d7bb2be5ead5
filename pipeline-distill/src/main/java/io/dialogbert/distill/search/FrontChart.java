package io.dialogbert.distill.search;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Draws the candidates' scores against their latencies as SVG, and the front of the best ones. */
final class FrontChart {
  private static final int WIDTH = 720;
  private static final int HEIGHT = 420;
  private static final int LEFT = 70;
  private static final int RIGHT = 160;
  private static final int TOP = 20;
  private static final int BOTTOM = 50;
  private static final int TICKS = 5;

  private final List<Candidate> candidates;
  private final String picked;
  private final double maxLatency;
  private final double low;
  private final double high;

  /**
   * A chart.
   *
   * @param candidates each with a score
   * @param picked shape of the pick
   */
  FrontChart(List<Candidate> candidates, String picked) {
    this.candidates = candidates;
    this.picked = picked;
    this.maxLatency =
        1.05 * candidates.stream().mapToDouble(Candidate::latencyMs).max().orElseThrow();
    double least = candidates.stream().mapToDouble(Candidate::score).min().orElseThrow();
    double greatest = candidates.stream().mapToDouble(Candidate::score).max().orElseThrow();
    // Equal scores still need an axis.
    double margin = Math.max(0.1 * (greatest - least), 0.01);
    this.low = least - margin;
    this.high = greatest + margin;
  }

  String toSvg(String figure) {
    StringBuilder svg = new StringBuilder();
    svg.append(
        line(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\""
                + " font-family=\"sans-serif\" font-size=\"12\">",
            WIDTH, HEIGHT));
    svg.append(line("<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>"));
    axes(svg, figure);
    front(svg);
    for (Candidate one : candidates) {
      boolean isPick = one.shape().equals(picked);
      svg.append(
          line(
              "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%d\" fill=\"%s\"><title>%s: %.2f ms, %.4f, %d"
                  + " parameters, %d stages</title></circle>",
              x(one.latencyMs()),
              y(one.score()),
              isPick ? 7 : 5,
              isPick ? "#c0392b" : "#2c6fbb",
              one.shape(),
              one.latencyMs(),
              one.score(),
              one.parameters(),
              one.scores().size()));
      svg.append(
          line(
              "<text x=\"%.1f\" y=\"%.1f\">%s</text>",
              x(one.latencyMs()) + 9, y(one.score()) + 4, one.shape()));
    }
    return svg.append("</svg>\n").toString();
  }

  private void axes(StringBuilder svg, String figure) {
    int bottom = HEIGHT - BOTTOM;
    svg.append(
        line(
            "<path d=\"M%d %d V%d H%d\" fill=\"none\" stroke=\"#444\"/>",
            LEFT, TOP, bottom, WIDTH - RIGHT));
    for (int i = 0; i <= TICKS; i++) {
      double latency = maxLatency * i / TICKS;
      double score = low + (high - low) * i / TICKS;
      svg.append(
          line(
              "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%.2f</text>",
              x(latency), bottom + 18, latency));
      svg.append(
          line(
              "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%.3f</text>",
              LEFT - 8, y(score) + 4, score));
    }
    svg.append(
        line(
            "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">milliseconds for one context</text>",
            (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12));
    svg.append(
        line(
            "<text transform=\"translate(16 %d) rotate(-90)\" text-anchor=\"middle\">%s,"
                + " validation</text>",
            (TOP + bottom) / 2, figure.replace('_', ' ')));
  }

  private void front(StringBuilder svg) {
    String points =
        candidates.stream()
            .filter(one -> Halving.isOnFront(one, candidates))
            .sorted(Comparator.comparingDouble(Candidate::latencyMs))
            .map(one -> String.format(Locale.ROOT, "%.1f,%.1f", x(one.latencyMs()), y(one.score())))
            .collect(Collectors.joining(" "));
    svg.append(
        line(
            "<polyline points=\"%s\" fill=\"none\" stroke=\"#2c6fbb\" stroke-dasharray=\"4 3\"/>",
            points));
  }

  private double x(double latency) {
    return LEFT + (WIDTH - RIGHT - LEFT) * latency / maxLatency;
  }

  private double y(double score) {
    return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * (score - low) / (high - low);
  }

  private static String line(String format, Object... values) {
    return String.format(Locale.ROOT, format, values) + "\n";
  }
}
