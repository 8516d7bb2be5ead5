package io.dialogbert.sample;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A corpus of made-up chats, in shards of JSON Lines in the raw message form. A shard depends only
 * on the configuration and its own number, so many tasks can write a large corpus. Memory does not
 * grow with the corpus.
 */
public final class SampleCorpus {
  private final SampleConfig config;
  private final Map<Language, Grammar> grammars;

  /**
   * Reads the grammars. This takes tens of milliseconds, so share one instance among the shards of
   * a task.
   */
  public SampleCorpus(SampleConfig config) {
    this.config = config;
    this.grammars =
        Map.of(
            Language.KOREAN, GrammarReader.read(Language.KOREAN),
            Language.JAPANESE, GrammarReader.read(Language.JAPANESE));
  }

  /** Identifies the scripts and word lists that chats are made of. */
  public static String fingerprint() {
    return GrammarReader.fingerprint();
  }

  /**
   * The rows of a shard without line ends. Each is a JSON object, except for the broken rows.
   *
   * @param shard from 0 to numShards - 1
   */
  public Iterator<String> lines(int shard) {
    return lines(shard, planted -> {});
  }

  /**
   * As {@link #lines(int)}, and reports the planted personal data of each row when the row is
   * taken. Broken rows are not reported; a repeated row is reported each time.
   */
  public Iterator<String> lines(int shard, Consumer<PlantedPii> plantedConsumer) {
    config.numMessagesOf(shard);
    return new ShardIterator(config, grammars, shard, plantedConsumer);
  }

  /** All planted personal data of a shard. Generates the whole shard to find it. */
  public List<PlantedPii> planted(int shard) {
    List<PlantedPii> planted = new ArrayList<>();
    lines(shard, planted::add).forEachRemaining(line -> {});
    return planted;
  }
}
