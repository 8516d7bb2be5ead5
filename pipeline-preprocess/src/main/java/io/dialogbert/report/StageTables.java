package io.dialogbert.report;

import io.dialogbert.example.RangeCheck;
import io.dialogbert.report.ReportTable.Chart;
import io.dialogbert.report.ReportTable.ChartKind;
import io.dialogbert.report.ReportTable.Section;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Tables made only from the manifests. */
final class StageTables {
  private StageTables() {}

  static List<ReportTable> of(List<StageReport> stages) {
    List<ReportTable> tables = new ArrayList<>();
    maskedData(stages).ifPresent(tables::add);
    examples(stages).ifPresent(tables::add);
    models(stages).ifPresent(tables::add);
    return tables;
  }

  private static Optional<ReportTable> maskedData(List<StageReport> stages) {
    List<List<Object>> rows = new ArrayList<>();
    for (StageReport stage : stages) {
      stage.withPrefix("pii.").forEach((kind, found) -> rows.add(List.of(kind, found)));
    }
    rows.sort(Comparator.comparing(row -> -(Long) row.get(1)));
    return rows.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new ReportTable(
                Section.CORPUS,
                "Personal data by kind",
                "Occurrences that were replaced by placeholders.",
                List.of("kind", "masked"),
                rows,
                Optional.of(
                    new Chart(ChartKind.BARS, "kind", Optional.empty(), List.of("masked")))));
  }

  private static Optional<ReportTable> examples(List<StageReport> stages) {
    List<List<Object>> rows = new ArrayList<>();
    for (StageReport stage : stages) {
      SortedMap<String, Double> figures = stage.manifest().figures();
      if (figures.containsKey("fill_ratio")) {
        figures.keySet().forEach(name -> expected(figures, name).ifPresent(rows::add));
      }
    }
    return rows.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new ReportTable(
                Section.EXAMPLES,
                "Pretraining examples",
                "What was measured on the examples, beside what their settings ask for.",
                List.of("figure", "measured", "expected"),
                rows,
                Optional.empty()));
  }

  /**
   * A figure with its range, as on the console. The entries for the ends of a range are skipped.
   */
  private static Optional<List<Object>> expected(SortedMap<String, Double> figures, String name) {
    if (name.endsWith(RangeCheck.MIN_SUFFIX) || name.endsWith(RangeCheck.MAX_SUFFIX)) {
      return Optional.empty();
    }
    double value = figures.get(name);
    RangeCheck figure =
        new RangeCheck(
            name,
            value,
            figures.getOrDefault(name + RangeCheck.MIN_SUFFIX, value),
            figures.getOrDefault(name + RangeCheck.MAX_SUFFIX, value));
    boolean hasRange = figures.containsKey(name + RangeCheck.MIN_SUFFIX);
    return Optional.of(List.of(name, figure.measured(), hasRange ? figure.expected() : ""));
  }

  /** Teacher and student compared, from the counts and figures with their prefixes. */
  private static Optional<ReportTable> models(List<StageReport> stages) {
    Map<String, Map<String, Double>> byMeasure = new LinkedHashMap<>();
    for (StageReport stage : stages) {
      Map<String, Double> values = new TreeMap<>(stage.manifest().figures());
      stage.manifest().counts().forEach((key, count) -> values.put(key, (double) count));
      for (String who : List.of("teacher", "student")) {
        values.forEach(
            (key, value) -> {
              if (key.startsWith(who + "_")) {
                byMeasure
                    .computeIfAbsent(key.substring(who.length() + 1), measure -> new TreeMap<>())
                    .put(who, value);
              }
            });
      }
    }
    List<List<Object>> rows = new ArrayList<>();
    byMeasure.forEach(
        (measure, values) -> {
          if (values.size() == 2) {
            double teacher = values.get("teacher");
            double student = values.get("student");
            rows.add(
                List.of(
                    measure,
                    number(teacher),
                    number(student),
                    teacher == 0 ? "" : String.format(Locale.ROOT, "%.2f", student / teacher)));
          }
        });
    return rows.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new ReportTable(
                Section.MODELS,
                "Teacher and student",
                "",
                List.of("measure", "teacher", "student", "student / teacher"),
                rows,
                Optional.empty()));
  }

  private static String number(double value) {
    return Values.number(value);
  }
}
