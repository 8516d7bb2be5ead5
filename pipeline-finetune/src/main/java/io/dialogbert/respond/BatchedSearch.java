package io.dialogbert.respond;

import io.dialogbert.respond.search.Hit;
import io.dialogbert.respond.search.VectorSearch;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A search that many threads use. Queries that wait are answered together, so that callers share
 * the cost of reading the vectors.
 */
public final class BatchedSearch implements AutoCloseable {
  private static final int MAX_BATCH = 16;

  private record Query(float[] vector, int count) {}

  private final VectorSearch search;
  private final Batcher<Query, List<Hit>> batcher;

  /** Starts a thread for the search. */
  public BatchedSearch(VectorSearch search) {
    this.search = search;
    batcher = new Batcher<>("dialogbert-search", MAX_BATCH, query -> 1, this::compute);
  }

  /** Number of vectors. */
  int size() {
    return search.size();
  }

  /**
   * The vectors with the greatest dot products, the best first.
   *
   * @param vector float32 [D]
   * @param count number of vectors, at least 1
   * @throws TooSlowException if the deadline passes first
   */
  List<Hit> nearest(float[] vector, int count, Deadline deadline) throws TooSlowException {
    return batcher.answer(new Query(vector, count), deadline);
  }

  /** Number of queries that wait for the current batch to end. */
  int waiting() {
    return batcher.waiting();
  }

  private List<List<Hit>> compute(List<Query> queries) {
    int most = queries.stream().mapToInt(Query::count).max().orElseThrow();
    List<List<Hit>> hits = search.nearest(queries.stream().map(Query::vector).toList(), most);
    return IntStream.range(0, hits.size())
        .mapToObj(i -> hits.get(i).subList(0, Math.min(queries.get(i).count(), hits.get(i).size())))
        .toList();
  }

  @Override
  public void close() {
    batcher.close();
  }
}
