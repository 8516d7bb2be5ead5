package io.dialogbert.example;

import java.io.Serializable;

/**
 * How dialogues become examples.
 *
 * @param maxSequenceLength most tokens of an example, special ones included; at least 5, which is
 *     one token a part
 * @param randomNextProb probability that the second part is from another dialogue, in [0, 1]
 * @param useTurnSeparator whether {@code [SEPT]} stands between the turns of a part
 */
public record ExampleConfig(int maxSequenceLength, double randomNextProb, boolean useTurnSeparator)
    implements Serializable {
  /** {@code [CLS]} and two {@code [SEP]}. */
  static final int NUM_FRAME_TOKENS = 3;

  public ExampleConfig {
    if (maxSequenceLength < NUM_FRAME_TOKENS + 2) {
      throw new IllegalArgumentException(
          "max-sequence-length must be at least 5, is " + maxSequenceLength);
    }
    if (!(randomNextProb >= 0 && randomNextProb <= 1)) {
      throw new IllegalArgumentException(
          "random-next-prob must be between 0 and 1, is " + randomNextProb);
    }
  }
}
