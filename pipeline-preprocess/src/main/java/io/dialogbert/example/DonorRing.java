package io.dialogbert.example;

import io.dialogbert.common.Seeds;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;

/**
 * Gives each dialogue of a bucket a donor of random second parts: in an order by hash, its
 * successor, and the first for the last. All dialogues of a bucket have the same language and
 * split. Who is whose donor depends on the seed and the bucket's dialogues only, not on how they
 * arrive.
 */
public final class DonorRing {
  private final ExampleBuilder builder;
  private final long seed;

  public DonorRing(ExampleBuilder builder, long seed) {
    this.builder = builder;
    this.seed = seed;
  }

  /** The bucket of a dialogue, in [0, numBuckets); another draw than the order within. */
  public int bucketOf(String dialogueId, int numBuckets) {
    return (int) Long.remainderUnsigned(Seeds.hash(seed, "donor-bucket", dialogueId), numBuckets);
  }

  /**
   * Hands the examples of all dialogues of a bucket to {@code out}. A dialogue alone in its bucket
   * has true pairs only.
   *
   * @throws IllegalArgumentException if the dialogues differ in language or split, or an id is
   *     there twice
   */
  public void build(List<TokenizedDialogue> bucket, Consumer<PretrainExample> out) {
    if (bucket.size() == 1) {
      builder.build(bucket.get(0)).forEach(out);
      return;
    }
    record Place(long hash, TokenizedDialogue dialogue) {}
    List<Place> ring = new ArrayList<>(bucket.size());
    for (TokenizedDialogue dialogue : bucket) {
      ring.add(new Place(Seeds.hash(seed, "donor-order", dialogue.dialogueId()), dialogue));
    }
    ring.sort(
        Comparator.comparingLong(Place::hash)
            .thenComparing(place -> place.dialogue().dialogueId()));
    for (int i = 0; i < ring.size(); i++) {
      builder
          .build(ring.get(i).dialogue(), ring.get((i + 1) % ring.size()).dialogue())
          .forEach(out);
    }
  }
}
