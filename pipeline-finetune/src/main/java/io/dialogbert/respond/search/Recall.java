package io.dialogbert.respond.search;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** How many of the nearest vectors an approximate search finds. */
public final class Recall {
  private Recall() {}

  /**
   * The share of the exact {@code count} nearest that the other search finds, as a mean over
   * queries. Vectors that are as near as the last of them count as found, too.
   *
   * @param queries float32 [Q][D], at least one
   * @return in [0, 1]
   */
  public static double at(
      int count, List<float[]> queries, VectorSearch exact, VectorSearch approximate) {
    double sum = 0;
    for (float[] query : queries) {
      List<Hit> nearest = exact.nearest(query, count);
      float least = nearest.get(nearest.size() - 1).score();
      Set<Integer> rows = nearest.stream().map(Hit::row).collect(Collectors.toSet());
      Set<Integer> found = new HashSet<>();
      for (Hit hit : approximate.nearest(query, count)) {
        if (rows.contains(hit.row()) || hit.score() >= least) {
          found.add(hit.row());
        }
      }
      sum += (double) found.size() / nearest.size();
    }
    return sum / queries.size();
  }
}
