package io.dialogbert.finetune.objective;

import io.dialogbert.job.table.RowMapping;
import io.dialogbert.metric.Correlations;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * A pair with its score and the prediction of it.
 *
 * @param score between 0 and 1
 */
record ScoredPair(String exampleId, double score, double predicted) implements Serializable {
  static final String SPEARMAN = "spearman";
  static final String PEARSON = "pearson";

  static final StructType SCHEMA =
      new StructType()
          .add("example_id", DataTypes.StringType, false)
          .add("score", DataTypes.DoubleType, false)
          .add("predicted", DataTypes.DoubleType, false);

  private static final RowMapping<ScoredPair> MAPPING =
      new RowMapping.Builder<ScoredPair>(SCHEMA)
          .set("example_id", ScoredPair::exampleId)
          .set("score", ScoredPair::score)
          .set("predicted", ScoredPair::predicted)
          .build();

  Row toRow() {
    return MAPPING.row(this);
  }

  /** Squared error and correlations. */
  static Map<String, Double> figures(List<ScoredPair> pairs) {
    double[] scores = pairs.stream().mapToDouble(ScoredPair::score).toArray();
    double[] predicted = pairs.stream().mapToDouble(ScoredPair::predicted).toArray();
    Map<String, Double> figures = new TreeMap<>();
    figures.put(
        "loss",
        pairs.stream()
            .mapToDouble(pair -> Math.pow(pair.predicted() - pair.score(), 2))
            .average()
            .orElse(0));
    figures.put(PEARSON, defined(Correlations.pearson(scores, predicted)));
    figures.put(SPEARMAN, defined(Correlations.spearman(scores, predicted)));
    return figures;
  }

  /** Predictions that are all the same say nothing of the scores. */
  static double defined(double correlation) {
    return Double.isNaN(correlation) ? 0 : correlation;
  }
}
