package io.dialogbert.example;

import java.io.Serializable;

/**
 * How dialogues become examples.
 *
 * @param pairing whether an example is a pair of parts
 * @param maxSequenceLength maximum number of tokens of an example, special tokens included; at
 *     least 5, which allows one token per part
 * @param randomNextProb probability that the second part of a pair is from another dialogue, in [0,
 *     1]
 * @param useTurnSeparator whether {@code [SEPT]} separates the turns of a part
 * @param useTurnEmbedding whether turn ids distinguish the turns; if not, all are 0
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
   * Maximum number of text tokens and turn separators in an example: what {@code [CLS]} and the
   * {@code [SEP]} after each part leave.
   */
  public int maxTextTokens() {
    return maxSequenceLength - (pairing == Pairing.NEXT_SENTENCE ? 3 : 2);
  }

  /** Tokens between two turns of a part, within one dialogue. */
  int separatorLength() {
    return useTurnSeparator ? 1 : 0;
  }
}
