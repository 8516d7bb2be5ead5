package io.dialogbert.sample;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A corpus of made-up chats, in shards of JSON Lines in the form of raw messages. A shard depends
 * on nothing but the configuration and its own number, so that many tasks can write a large corpus;
 * memory does not grow with its size.
 */
public final class SampleCorpus {
  private final SampleConfig config;
  private final Map<Language, Grammar> grammars;

  /** Reads the grammars; costs some ten milliseconds, so share one among the shards of a task. */
  public SampleCorpus(SampleConfig config) {
    this.config = config;
    this.grammars =
        Map.of(
            Language.KOREAN, GrammarReader.read(Language.KOREAN),
            Language.JAPANESE, GrammarReader.read(Language.JAPANESE));
  }

  /** Identifies the scripts and lists of words that chats are made of. */
  public static String fingerprint() {
    return GrammarReader.fingerprint();
  }

  /**
   * The rows of a shard, one JSON object each except for the broken rows, without line ends.
   *
   * @param shard from 0 to numShards - 1
   */
  public Iterator<String> lines(int shard) {
    return lines(shard, planted -> {});
  }

  /**
   * As {@link #lines(int)}, and tells of the planted personal data of each row as the row is taken.
   * Broken rows are not told of; a repeated row is told of each time.
   */
  public Iterator<String> lines(int shard, Consumer<Planted> plantedConsumer) {
    config.numMessagesOf(shard);
    return new ShardIterator(config, grammars, shard, plantedConsumer);
  }

  /** All planted personal data of a shard; writes the whole shard to find them. */
  public List<Planted> planted(int shard) {
    List<Planted> planted = new ArrayList<>();
    lines(shard, planted::add).forEachRemaining(line -> {});
    return planted;
  }
}
