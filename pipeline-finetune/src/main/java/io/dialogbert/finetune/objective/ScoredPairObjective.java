package io.dialogbert.finetune.objective;

import io.dialogbert.metric.Correlations;
import io.dialogbert.train.run.Selection;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/** The similarity of pairs, however it is read. */
interface ScoredPairObjective extends Objective<ScoredPair> {
  @Override
  default Map<String, Double> figures(List<ScoredPair> pairs) {
    return ScoredPair.figures(pairs, List.of());
  }

  @Override
  default double agreement(List<ScoredPair> some, List<ScoredPair> others) {
    return ScoredPair.defined(
        Correlations.spearman(
            some.stream().mapToDouble(ScoredPair::predicted).toArray(),
            others.stream().mapToDouble(ScoredPair::predicted).toArray()));
  }

  @Override
  default StructType schema() {
    return ScoredPair.SCHEMA;
  }

  @Override
  default List<Row> rows(List<ScoredPair> pairs) {
    return pairs.stream().map(ScoredPair::toRow).toList();
  }

  @Override
  default Selection selection() {
    return new Selection(ScoredPair.SPEARMAN, ScoredPair.PEARSON);
  }
}
