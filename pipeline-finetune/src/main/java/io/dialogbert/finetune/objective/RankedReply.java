package io.dialogbert.finetune.objective;

import io.dialogbert.job.table.RowMapping;
import io.dialogbert.metric.Ranks;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * A context and the rank of its reply among the replies of its block.
 *
 * @param rank from 1
 * @param byPrefix the ranks by prefixes of vectors, in order of their widths; empty if there are
 *     none
 */
record RankedReply(String exampleId, String lang, int rank, List<Integer> byPrefix)
    implements Serializable {
  /** Candidates of a query in an evaluation (Henderson et al. 2019, section 4). */
  static final int CANDIDATES = 100;

  /** The main figure. */
  static final String RECALL = "r100_at_1";

  /** The figure that decides between equal main figures. */
  static final String MEAN_RECIPROCAL = "mrr";

  static final StructType SCHEMA =
      new StructType()
          .add("example_id", DataTypes.StringType, false)
          .add("lang", DataTypes.StringType, false)
          .add("rank", DataTypes.IntegerType, false);

  private static final RowMapping<RankedReply> MAPPING =
      new RowMapping.Builder<RankedReply>(SCHEMA)
          .set("example_id", RankedReply::exampleId)
          .set("lang", RankedReply::lang)
          .set("rank", RankedReply::rank)
          .build();

  Row toRow() {
    return MAPPING.row(this);
  }

  /**
   * Recall and ranks of each language, and their mean over all queries; of prefixes only the main
   * figure.
   *
   * @param replies at least one
   * @param widths of the prefixes of vectors
   */
  static Map<String, Double> figures(List<RankedReply> replies, List<Integer> widths) {
    Map<String, List<RankedReply>> byLanguage = new TreeMap<>();
    for (RankedReply reply : replies) {
      byLanguage.computeIfAbsent(reply.lang(), lang -> new ArrayList<>()).add(reply);
    }
    Map<String, Double> figures = new TreeMap<>();
    byLanguage.forEach((lang, ofLanguage) -> put(figures, lang + "_", ofLanguage));
    put(figures, "", replies);
    for (int i = 0; i < widths.size(); i++) {
      int place = i;
      figures.put(
          Vectors.ofWidth(RECALL, widths.get(i)),
          new Ranks(replies.stream().mapToInt(reply -> reply.byPrefix().get(place)).toArray())
              .recallAt(1));
    }
    return figures;
  }

  private static void put(Map<String, Double> figures, String prefix, List<RankedReply> replies) {
    Ranks ranks = new Ranks(replies.stream().mapToInt(RankedReply::rank).toArray());
    for (int k : new int[] {1, 3, 10}) {
      figures.put(prefix + "r100_at_" + k, ranks.recallAt(k));
    }
    figures.put(prefix + MEAN_RECIPROCAL, ranks.meanReciprocalRank());
    figures.put(prefix + "ndcg_at_10", ranks.ndcgAt(10));
  }
}
