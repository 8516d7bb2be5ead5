package io.dialogbert.example;

import io.dialogbert.common.Seeds;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.ObjIntConsumer;

/**
 * Makes the examples of a bucket of dialogues with one language and split. The dialogues form a
 * ring, ordered by hash. For pairs, each dialogue's donor of random second parts is its successor.
 * Full sentences continue from dialogue to dialogue in this order, but not past its end. The result
 * depends only on the seed and the bucket's dialogues, not on their order of arrival.
 */
public final class ExampleBuilder {
  private final ExampleConfig config;
  private final long seed;

  public ExampleBuilder(ExampleConfig config, long seed) {
    this.config = config;
    this.seed = seed;
  }

  /**
   * The bucket of a dialogue, in [0, numBuckets). Its hash is independent of the order within the
   * bucket.
   */
  public int bucketOf(String dialogueId, int numBuckets) {
    return (int) Long.remainderUnsigned(Seeds.hash(seed, "donor-bucket", dialogueId), numBuckets);
  }

  /**
   * Passes on the examples of all dialogues of a bucket, each with its number of turns. If the
   * bucket has only one dialogue, all pairs are true pairs.
   *
   * @throws IllegalArgumentException if the dialogues differ in language or split, or an id is a
   *     duplicate; names two ids
   */
  public void build(List<TokenizedDialogue> bucket, ObjIntConsumer<PretrainExample> out) {
    List<TokenizedDialogue> ring = inOrder(bucket);
    for (int i = 1; i < ring.size(); i++) {
      requireDistinctOfSameKind(ring.get(i - 1), ring.get(i));
    }
    switch (config.pairing()) {
      case NEXT_SENTENCE -> {
        NextSentenceBuilder builder = new NextSentenceBuilder(config, seed);
        for (int i = 0; i < ring.size(); i++) {
          Optional<TokenizedDialogue> donor =
              ring.size() == 1 ? Optional.empty() : Optional.of(ring.get((i + 1) % ring.size()));
          builder.build(ring.get(i), donor, out);
        }
      }
      case FULL_SENTENCES -> new FullSentencesBuilder(config).build(ring, out);
    }
  }

  private List<TokenizedDialogue> inOrder(List<TokenizedDialogue> bucket) {
    record Place(long hash, TokenizedDialogue dialogue) {}
    List<Place> ring = new ArrayList<>(bucket.size());
    for (TokenizedDialogue dialogue : bucket) {
      ring.add(new Place(Seeds.hash(seed, "donor-order", dialogue.dialogueId()), dialogue));
    }
    ring.sort(
        Comparator.comparingLong(Place::hash)
            .thenComparing(place -> place.dialogue().dialogueId()));
    return ring.stream().map(Place::dialogue).toList();
  }

  /** A random second part must be from another dialogue, with the same language and split. */
  private static void requireDistinctOfSameKind(
      TokenizedDialogue dialogue, TokenizedDialogue other) {
    if (other.dialogueId().equals(dialogue.dialogueId())
        || !other.lang().equals(dialogue.lang())
        || !other.split().equals(dialogue.split())) {
      throw new IllegalArgumentException(
          "a bucket must hold different dialogues of one language and split: dialogues %s and %s"
              .formatted(dialogue.dialogueId(), other.dialogueId()));
    }
  }
}
