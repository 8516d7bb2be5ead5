package io.dialogbert.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A chart as {@code report.js} draws it.
 *
 * @param id id of the canvas
 * @param type {@code bar} or {@code line}
 * @param xScale {@code category}, {@code linear} or {@code logarithmic}
 * @param yScale {@code linear} or {@code logarithmic}
 * @param xTitle title of the horizontal axis
 * @param yTitle title of the vertical axis
 * @param labels labels of a category axis, otherwise empty
 * @param series the data to draw
 */
record ChartSpec(
    String id,
    String type,
    String xScale,
    String yScale,
    String xTitle,
    String yTitle,
    List<String> labels,
    List<Series> series) {
  /**
   * A line or a set of bars.
   *
   * @param role {@code data}, {@code held-out} or {@code baseline}
   * @param color index of its color
   * @param points pairs of x (a label's index on a category axis) and y
   */
  record Series(String label, String role, int color, List<double[]> points) {}

  private static final int MAX_LINE_POINTS = 400;

  static ChartSpec of(String id, ReportTable table, ReportTable.Chart chart) {
    boolean category =
        chart.kind() == ReportTable.ChartKind.BARS || chart.kind() == ReportTable.ChartKind.DAYS;
    Map<Object, Integer> labels = category ? labels(table, chart) : Map.of();
    Map<String, Map<Double, Double>> sums = new LinkedHashMap<>();
    for (List<Object> row : table.rows()) {
      Object label = row.get(table.column(chart.labelColumn()));
      double x = category ? labels.get(label) : ((Number) label).doubleValue();
      for (String column : chart.valueColumns()) {
        String name =
            chart.seriesColumn().map(s -> row.get(table.column(s)).toString()).orElse(column);
        double y = ((Number) row.get(table.column(column))).doubleValue();
        sums.computeIfAbsent(name, key -> new TreeMap<>()).merge(x, y, Double::sum);
      }
    }
    boolean logarithmic = chart.kind() == ReportTable.ChartKind.LOG_LOG_LINES;
    List<Series> series = new ArrayList<>();
    List<String> names = new ArrayList<>(sums.keySet());
    // Korean always gets the first color, regardless of the row order.
    names.sort(Comparator.comparing((String name) -> !name.equals("ko")));
    for (String name : names) {
      List<double[]> points = new ArrayList<>();
      sums.get(name).forEach((x, y) -> points.add(new double[] {x, y}));
      series.add(
          new Series(name, "data", series.size(), logarithmic ? thinnedByFactor(points) : points));
    }
    return new ChartSpec(
        id,
        chart.kind() == ReportTable.ChartKind.BARS ? "bar" : "line",
        category ? "category" : logarithmic ? "logarithmic" : "linear",
        logarithmic ? "logarithmic" : "linear",
        words(chart.labelColumn()),
        chart.seriesColumn().isPresent() ? words(chart.valueColumns().get(0)) : "",
        labels.keySet().stream().map(Object::toString).toList(),
        series);
  }

  private static String words(String column) {
    return column.replace('_', ' ');
  }

  private static Map<Object, Integer> labels(ReportTable table, ReportTable.Chart chart) {
    List<Object> found =
        new ArrayList<>(
            table.rows().stream()
                .map(row -> row.get(table.column(chart.labelColumn())))
                .distinct()
                .toList());
    if (found.stream().allMatch(Number.class::isInstance)) {
      found.sort(Comparator.comparingDouble(label -> ((Number) label).doubleValue()));
    } else if (chart.kind() == ReportTable.ChartKind.DAYS) {
      found.sort(Comparator.comparing(Object::toString));
    }
    Map<Object, Integer> labels = new LinkedHashMap<>();
    found.forEach(label -> labels.put(label, labels.size()));
    return labels;
  }

  /** Points a few percent apart: as many as can be distinguished on a logarithmic axis. */
  private static List<double[]> thinnedByFactor(List<double[]> points) {
    if (points.size() <= MAX_LINE_POINTS) {
      return points;
    }
    double factor =
        Math.pow(points.get(points.size() - 1)[0] / points.get(0)[0], 1.0 / MAX_LINE_POINTS);
    List<double[]> kept = new ArrayList<>();
    double next = 0;
    for (double[] point : points) {
      if (point[0] >= next) {
        kept.add(point);
        next = point[0] * factor;
      }
    }
    return kept;
  }

  /**
   * Curves of the metrics with a name suffix, against the step.
   *
   * @param baselines values that need no training, by metric
   * @return empty if the run has no such metric
   */
  static Optional<ChartSpec> curves(
      String id, TrainingRun run, String suffix, Map<String, Map<String, Double>> baselines) {
    List<Series> series = new ArrayList<>();
    int color = 0;
    for (String metric : run.metrics(suffix)) {
      Map<String, List<double[]>> bySplit = new LinkedHashMap<>();
      double first = Double.MAX_VALUE;
      double last = 0;
      for (TrainingRun.Point point : run.points()) {
        Double value = point.values().get(metric);
        if (value != null) {
          bySplit
              .computeIfAbsent(point.split(), key -> new ArrayList<>())
              .add(new double[] {point.step(), value});
          first = Math.min(first, (double) point.step());
          last = Math.max(last, (double) point.step());
        }
      }
      for (Map.Entry<String, List<double[]>> split : bySplit.entrySet()) {
        boolean train = split.getKey().equals(TrainingRun.TRAIN);
        series.add(
            new Series(
                metric + " (" + split.getKey() + ")",
                train ? "data" : "held-out",
                color,
                thinnedEvenly(split.getValue())));
      }
      for (Map.Entry<String, Double> baseline :
          baselines.getOrDefault(metric, Map.of()).entrySet()) {
        series.add(
            new Series(
                metric + ": " + baseline.getKey(),
                "baseline",
                color,
                List.of(
                    new double[] {first, baseline.getValue()},
                    new double[] {last, baseline.getValue()})));
      }
      color++;
    }
    return series.isEmpty()
        ? Optional.empty()
        : Optional.of(new ChartSpec(id, "line", "linear", "linear", "step", "", List.of(), series));
  }

  private static List<double[]> thinnedEvenly(List<double[]> points) {
    int every = Math.max(1, points.size() / MAX_LINE_POINTS);
    List<double[]> kept = new ArrayList<>();
    for (int i = 0; i < points.size(); i++) {
      if (i % every == 0 || i == points.size() - 1) {
        kept.add(points.get(i));
      }
    }
    return kept;
  }
}
