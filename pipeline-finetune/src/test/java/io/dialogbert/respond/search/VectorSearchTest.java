package io.dialogbert.respond.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VectorSearchTest {
  private static final long SEED = Long.getLong("tests.seed", 20191029L);
  private static final int TRIALS = 60;

  @Test
  void exactSearchIsWhatSortingGives() {
    for (int trial = 0; trial < TRIALS; trial++) {
      Random random = new Random(SEED + trial);
      int length = 1 + random.nextInt(40);
      // Around the size of a block, and with few distinct values, so that many scores are equal.
      List<float[]> vectors = vectors(random, 1 + random.nextInt(800), length, trial % 2 == 0);
      float[] query = vectors(random, 1, length, trial % 2 == 0).get(0);
      int count = 1 + random.nextInt(2 * vectors.size());
      assertThat(exact(vectors).nearest(query, count))
          .as("trial %d, repeat with -Dtests.seed=%d", trial, SEED)
          .isEqualTo(sorted(vectors, query, count));
    }
  }

  @Test
  void exactSearchIsTheSameInManyThreadsAndForManyQueries() {
    Random random = new Random(SEED);
    List<float[]> vectors = vectors(random, 3000, 16, false);
    ExactSearch search = exact(vectors);
    List<float[]> queries = vectors(random, 50, 16, false);
    List<List<Hit>> together =
        queries.parallelStream().map(query -> search.nearest(query, 7)).toList();
    List<List<Hit>> sorted = queries.stream().map(query -> sorted(vectors, query, 7)).toList();
    assertThat(together).as("repeat with -Dtests.seed=%d", SEED).isEqualTo(sorted);
    assertThat(search.nearest(queries, 7)).isEqualTo(sorted);
  }

  @Test
  void emptySearchFindsNothing() {
    assertThat(new ExactSearch.Builder(3, 0).build().nearest(new float[3], 5)).isEmpty();
  }

  @Test
  void refusesVectorsOfAnotherLength() {
    ExactSearch.Builder builder = new ExactSearch.Builder(3, 1);
    assertThatThrownBy(() -> builder.set(0, new float[4]))
        .hasMessage("a vector must have length 3, has 4");
    assertThatThrownBy(() -> builder.set(1, new float[3]))
        .isInstanceOf(IndexOutOfBoundsException.class);
    ExactSearch search = builder.build();
    assertThatThrownBy(() -> search.nearest(new float[2], 1))
        .hasMessage("a vector must have length 3, has 2");
  }

  @Test
  void graphFindsNearlyAllOfTheNearest(@TempDir Path directory) throws IOException {
    Random random = new Random(SEED);
    List<float[]> vectors = vectors(random, 5000, 24, false);
    try (HnswSearch.Builder builder = new HnswSearch.Builder(directory)) {
      for (float[] vector : vectors) {
        builder.add(vector);
      }
      builder.finish();
    }
    ExactSearch exact = exact(vectors);
    try (HnswSearch graph = HnswSearch.open(directory)) {
      assertThat(graph.size()).isEqualTo(vectors.size());
      List<float[]> queries = vectors(random, 100, 24, false);
      assertThat(Recall.at(10, queries, exact, graph))
          .as("repeat with -Dtests.seed=%d", SEED)
          .isGreaterThan(0.95);
      assertThat(graph.nearest(queries, 3))
          .isEqualTo(queries.stream().map(query -> graph.nearest(query, 3)).toList());
      Hit own = graph.nearest(vectors.get(4321), 1).get(0);
      assertThat(own.row()).isEqualTo(4321);
      assertThat(own.score()).isCloseTo(1, within(1e-5f));
    }
  }

  @Test
  void recallCountsWhatIsMissing() {
    List<float[]> vectors = List.of(new float[] {1, 0}, new float[] {0.5f, 0}, new float[] {0, 1});
    ExactSearch half = exact(vectors.subList(0, 1));
    assertThat(Recall.at(2, List.of(new float[] {1, 0}), exact(vectors), half)).isEqualTo(0.5);
  }

  private static ExactSearch exact(List<float[]> vectors) {
    ExactSearch.Builder builder = new ExactSearch.Builder(vectors.get(0).length, vectors.size());
    for (int row = vectors.size() - 1; row >= 0; row--) {
      builder.set(row, vectors.get(row));
    }
    return builder.build();
  }

  private static List<Hit> sorted(List<float[]> vectors, float[] query, int count) {
    return IntStream.range(0, vectors.size())
        .mapToObj(
            row -> {
              float sum = 0;
              for (int d = 0; d < query.length; d++) {
                sum += query[d] * vectors.get(row)[d];
              }
              return new Hit(row, sum);
            })
        .sorted(Hit.BEST_FIRST)
        .limit(count)
        .toList();
  }

  /** Vectors of length 1, or coarse ones, whose products have no rounding error. */
  private static List<float[]> vectors(Random random, int count, int length, boolean coarse) {
    List<float[]> vectors = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      float[] vector = new float[length];
      double norm = 0;
      for (int d = 0; d < length; d++) {
        vector[d] = coarse ? random.nextInt(3) - 1 : (float) random.nextGaussian();
        norm += vector[d] * vector[d];
      }
      for (int d = 0; d < length && !coarse; d++) {
        vector[d] /= (float) Math.sqrt(norm);
      }
      vectors.add(vector);
    }
    return vectors;
  }
}
