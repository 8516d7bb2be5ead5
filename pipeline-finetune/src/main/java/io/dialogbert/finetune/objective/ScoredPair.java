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
 * @param byPrefix the predictions of prefixes of sentence vectors, in order of their widths
 * @param direction mean of both texts' vectors, each brought to length 1; empty without vectors
 */
record ScoredPair(
    String exampleId, double score, double predicted, List<Double> byPrefix, float[] direction)
    implements Serializable {
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

  /** A pair whose prediction is of no vectors. */
  static ScoredPair of(String exampleId, double score, double predicted) {
    return new ScoredPair(exampleId, score, predicted, List.of(), new float[0]);
  }

  Row toRow() {
    return MAPPING.row(this);
  }

  /**
   * Squared error and correlations.
   *
   * @param widths of the prefixes of vectors
   */
  static Map<String, Double> figures(List<ScoredPair> pairs, List<Integer> widths) {
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
    for (int i = 0; i < widths.size(); i++) {
      int place = i;
      double[] ofPrefix = pairs.stream().mapToDouble(pair -> pair.byPrefix().get(place)).toArray();
      figures.put(
          Vectors.ofWidth(SPEARMAN, widths.get(i)),
          defined(Correlations.spearman(scores, ofPrefix)));
    }
    return figures;
  }

  /** Predictions that are all the same say nothing of the scores. */
  static double defined(double correlation) {
    return Double.isNaN(correlation) ? 0 : correlation;
  }
}
