package io.dialogbert.finetune.train;

import io.dialogbert.frame.JobContext;
import io.dialogbert.job.table.RowMapping;
import io.dialogbert.train.run.Evaluation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.math3.stat.descriptive.SummaryStatistics;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** What networks that differ only in their seed score. */
final class SeedTable {
  private static final StructType SCHEMA =
      new StructType()
          .add("seed", DataTypes.LongType, false)
          .add("saved_step", DataTypes.LongType, false)
          .add("is_output", DataTypes.BooleanType, false)
          .add("has_failed", DataTypes.BooleanType, false)
          .add("split", DataTypes.StringType, false)
          .add("figure", DataTypes.StringType, false)
          .add("value", DataTypes.DoubleType, false);

  private record Value(Line line, boolean hasFailed, String split, String figure, double value) {}

  private static final RowMapping<Value> MAPPING =
      new RowMapping.Builder<Value>(SCHEMA)
          .set("seed", value -> value.line().seed())
          .set("saved_step", value -> value.line().validation().step())
          .set("is_output", value -> value.line().isOutput())
          .set("has_failed", Value::hasFailed)
          .set("split", Value::split)
          .set("figure", Value::figure)
          .set("value", Value::value)
          .build();

  /** A network within this much of the most frequent class has learned nothing. */
  private static final double MARGIN = 0.02;

  private record Line(
      long seed, Evaluation validation, Map<String, Double> test, boolean isOutput) {}

  private final List<Line> lines = new ArrayList<>();

  /** Adds a network's figures on the validation and the test split. */
  void add(long seed, Evaluation validation, Map<String, Double> test, boolean isOutput) {
    lines.add(new Line(seed, validation, test, isOutput));
  }

  /** The test figures of the network that is the output. */
  Map<String, Double> best() {
    return lines.stream().filter(Line::isOutput).findFirst().orElseThrow().test();
  }

  /**
   * Writes the output's test figures into the manifest; of several networks also a table, and each
   * figure's mean, standard deviation, lowest and highest value, and the number of failures.
   *
   * @param figure the one that selects
   * @param majority accuracy of the most frequent class, if there are classes
   */
  void report(JobContext job, String figure, Optional<Double> majority) {
    best().forEach((name, value) -> job.figure("test_" + name, value));
    if (lines.size() == 1) {
      return;
    }
    List<Row> rows = new ArrayList<>();
    long failed = 0;
    for (Line line : lines) {
      boolean hasFailed =
          majority.isPresent() && line.test().get(figure) <= majority.get() + MARGIN;
      failed += hasFailed ? 1 : 0;
      add(rows, line, hasFailed, "validation", line.validation().values());
      add(rows, line, hasFailed, "test", line.test());
    }
    job.write(job.spark().createDataFrame(rows, SCHEMA).coalesce(1), "seeds");
    for (String name : best().keySet()) {
      SummaryStatistics values = statistics(name);
      job.figure("test_" + name + "_mean", values.getMean());
      job.figure("test_" + name + "_standard_deviation", values.getStandardDeviation());
      job.figure("test_" + name + "_lowest", values.getMin());
      job.figure("test_" + name + "_highest", values.getMax());
    }
    job.count("failed_seeds", failed);
    SummaryStatistics selected = statistics(figure);
    job.addToSummary(
        String.format(
            java.util.Locale.ROOT,
            "  %d seeds: test %s %.1f +- %.1f percent, %d failed",
            lines.size(),
            figure,
            100 * selected.getMean(),
            100 * selected.getStandardDeviation(),
            failed));
  }

  /** A figure on the test split, over all networks. */
  private SummaryStatistics statistics(String figure) {
    SummaryStatistics statistics = new SummaryStatistics();
    lines.forEach(line -> statistics.addValue(line.test().get(figure)));
    return statistics;
  }

  private static void add(
      List<Row> rows, Line line, boolean hasFailed, String split, Map<String, Double> figures) {
    figures.forEach(
        (name, value) -> rows.add(MAPPING.row(new Value(line, hasFailed, split, name, value))));
  }
}
