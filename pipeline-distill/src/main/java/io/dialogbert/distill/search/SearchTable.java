package io.dialogbert.distill.search;

import io.dialogbert.frame.JobContext;
import io.dialogbert.job.table.RowMapping;
import io.dialogbert.report.TextTable;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * The result of a search as a Parquet table, a text and a chart. Scores of candidates with fewer
 * stages are of less training.
 *
 * @param candidates those within the budget
 * @param picked shape of the pick
 */
record SearchTable(List<Candidate> candidates, String picked) {
  private static final StructType SCHEMA =
      new StructType()
          .add("shape", DataTypes.StringType, false)
          .add("parameters", DataTypes.LongType, false)
          .add("latency_ms", DataTypes.DoubleType, false)
          .add("stages", DataTypes.IntegerType, false)
          .add("score", DataTypes.DoubleType, false)
          .add("on_front", DataTypes.BooleanType, false)
          .add("picked", DataTypes.BooleanType, false);

  /**
   * Writes {@code candidates}, {@code candidates.txt} and {@code candidates.svg}.
   *
   * @param figure name of the score
   */
  void write(JobContext job, String figure) throws IOException {
    RowMapping<Candidate> mapping =
        new RowMapping.Builder<Candidate>(SCHEMA)
            .set("shape", Candidate::shape)
            .set("parameters", Candidate::parameters)
            .set("latency_ms", Candidate::latencyMs)
            .set("stages", one -> one.scores().size())
            .set("score", Candidate::score)
            .set("on_front", one -> Halving.isOnFront(one, candidates))
            .set("picked", one -> one.shape().equals(picked))
            .build();
    List<Row> rows = candidates.stream().map(mapping::row).toList();
    job.write(job.spark().createDataFrame(rows, SCHEMA).coalesce(1), "candidates");
    String text = text(figure);
    job.directories().writeString(job.outputPath("candidates.txt"), text);
    job.directories()
        .writeString(
            job.outputPath("candidates.svg"), new FrontChart(candidates, picked).toSvg(figure));
    text.lines().forEach(line -> job.addToSummary("  " + line));
  }

  private String text(String figure) {
    TextTable table =
        new TextTable("student", "parameters", "ms", "stages", figure, "front", "picked");
    for (Candidate one : candidates) {
      table.row(
          one.shape(),
          one.parameters(),
          String.format(Locale.ROOT, "%.2f", one.latencyMs()),
          one.scores().size(),
          String.format(Locale.ROOT, "%.4f", one.score()),
          Halving.isOnFront(one, candidates) ? "yes" : "",
          one.shape().equals(picked) ? "yes" : "");
    }
    return table.render();
  }
}
