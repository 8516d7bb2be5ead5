package io.dialogbert.sample;

import java.io.Serializable;

/**
 * What to generate. Equal configurations give byte-identical corpora.
 *
 * @param numMessages rows over all shards, including broken and repeated rows; at least 1
 * @param seed seed of all random draws
 * @param japaneseRatio share of the rows that are Japanese, in [0, 1]; the rest is Korean
 * @param numShards parts that can be generated independently, at least 1
 * @param brokenRowRatio share of the rows that break the raw message form, in [0, 1]
 */
public record SampleConfig(
    long numMessages, long seed, double japaneseRatio, int numShards, double brokenRowRatio)
    implements Serializable {
  public SampleConfig {
    if (numMessages < 1) {
      throw new IllegalArgumentException("numMessages is " + numMessages + ", must be at least 1");
    }
    if (numShards < 1) {
      throw new IllegalArgumentException("numShards is " + numShards + ", must be at least 1");
    }
    checkRatio("japaneseRatio", japaneseRatio);
    checkRatio("brokenRowRatio", brokenRowRatio);
  }

  /** Number of rows of one shard. Shards differ by at most one row. */
  long numMessagesOf(int shard) {
    if (shard < 0 || shard >= numShards) {
      throw new IllegalArgumentException(
          "shard is " + shard + ", must be at least 0 and below numShards = " + numShards);
    }
    return numMessages / numShards + (shard < numMessages % numShards ? 1 : 0);
  }

  private static void checkRatio(String name, double value) {
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException(name + " is " + value + ", must be between 0 and 1");
    }
  }
}
