package io.dialogbert.example;

import java.io.Serializable;

/**
 * How dialogues become examples.
 *
 * @param pairing whether an example is a pair of parts
 * @param maxSequenceLength most tokens of an example, special ones included; at least 5, which is
 *     one token a part
 * @param randomNextProb probability that the second part of a pair is from another dialogue, in [0,
 *     1]
 * @param useTurnSeparator whether {@code [SEPT]} stands between the turns of a part
 * @param useTurnEmbedding whether turn ids tell the turns apart; if not, all are 0
 */
public record ExampleConfig(
    Pairing pairing,
    int maxSequenceLength,
    double randomNextProb,
    boolean useTurnSeparator,
    boolean useTurnEmbedding)
    implements Serializable {
  public ExampleConfig {
    if (maxSequenceLength < 5) {
      throw new IllegalArgumentException(
          "max-sequence-length must be at least 5, is " + maxSequenceLength);
    }
    if (!(randomNextProb >= 0 && randomNextProb <= 1)) {
      throw new IllegalArgumentException(
          "random-next-prob must be between 0 and 1, is " + randomNextProb);
    }
  }

  /**
   * Tokens of text and separators between turns that an example has room for: what {@code [CLS]}
   * and the {@code [SEP]} after each part leave.
   */
  public int room() {
    return maxSequenceLength - (pairing == Pairing.NEXT_SENTENCE ? 3 : 2);
  }

  /** Tokens between two turns of a part of one dialogue. */
  int separatorLength() {
    return useTurnSeparator ? 1 : 0;
  }
}
