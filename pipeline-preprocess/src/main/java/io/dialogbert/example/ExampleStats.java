package io.dialogbert.example;

import io.dialogbert.text.SpecialTokens;
import java.io.Serializable;

/**
 * Counts over examples, and the figures printed from them. Sums can be merged in any order. Not
 * thread-safe.
 */
public final class ExampleStats implements Serializable {
  private final int maxSequenceLength;
  private long examples;
  private long tokens;
  private long ordinaryTokens;
  private long unknownTokens;
  private long turns;
  private long randomPairs;
  private long predictions;

  /**
   * @param maxSequenceLength what the fill rate is a share of
   */
  public ExampleStats(int maxSequenceLength) {
    this.maxSequenceLength = maxSequenceLength;
  }

  /**
   * Counts an example.
   *
   * @param example before masking
   * @param masked what masking makes of it, stored or tried out for the figures
   */
  public void add(PretrainExample example, MaskedInput masked) {
    examples++;
    tokens += example.length();
    int exampleTurns = 1;
    int[] ids = example.inputIds();
    for (int i = 0; i < ids.length; i++) {
      ordinaryTokens += ids[i] >= SpecialTokens.ALL.size() ? 1 : 0;
      unknownTokens += ids[i] == SpecialTokens.UNK ? 1 : 0;
      exampleTurns += i > 0 && example.turnIds()[i] != example.turnIds()[i - 1] ? 1 : 0;
    }
    turns += exampleTurns;
    randomPairs += example.nextSentenceLabel() == PretrainExample.RANDOM ? 1 : 0;
    predictions += masked.maskedLmPositions().length;
  }

  /** Adds the counts of other examples. */
  public void merge(ExampleStats other) {
    examples += other.examples;
    tokens += other.tokens;
    ordinaryTokens += other.ordinaryTokens;
    unknownTokens += other.unknownTokens;
    turns += other.turns;
    randomPairs += other.randomPairs;
    predictions += other.predictions;
  }

  /** This, after {@link #merge}: for reducing over partitions. */
  public ExampleStats plus(ExampleStats other) {
    merge(other);
    return this;
  }

  public long examples() {
    return examples;
  }

  /** Tokens of all examples, special ones included. */
  public long tokens() {
    return tokens;
  }

  /** Tokens as a share of what full examples would hold, in [0, 1]. */
  public double fillRatio() {
    return ratio(tokens, examples * maxSequenceLength);
  }

  /** Turns per example. */
  public double meanTurns() {
    return ratio(turns, examples);
  }

  /** Share of examples whose second part is from another dialogue, in [0, 1]. */
  public double randomPairRatio() {
    return ratio(randomPairs, examples);
  }

  /** Predicted tokens as a share of the ordinary ones, in [0, 1]. */
  public double maskRatio() {
    return ratio(predictions, ordinaryTokens);
  }

  /** {@code [UNK]} as a share of all tokens of text, in [0, 1]. */
  public double unknownRatio() {
    return ratio(unknownTokens, ordinaryTokens + unknownTokens);
  }

  private static double ratio(long part, long whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }
}
