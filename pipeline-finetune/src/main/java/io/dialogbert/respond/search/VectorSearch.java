package io.dialogbert.respond.search;

import java.util.List;

/** Vectors among which the nearest to a query are found. Serves any number of threads. */
public interface VectorSearch {
  /** Number of vectors. */
  int size();

  /**
   * The vectors with the greatest dot products, the best first; all of them if there are fewer.
   *
   * @param query float32 [D]
   * @param count number of vectors, at least 1
   * @throws IllegalArgumentException if the query has another length than the vectors
   */
  default List<Hit> nearest(float[] query, int count) {
    return nearest(List.of(query), count).get(0);
  }

  /**
   * The same for each of several queries.
   *
   * @param queries float32 [Q][D]
   */
  List<List<Hit>> nearest(List<float[]> queries, int count);
}
