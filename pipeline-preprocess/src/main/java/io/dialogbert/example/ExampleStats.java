package io.dialogbert.example;

import io.dialogbert.dialogue.Splits;
import io.dialogbert.text.piece.SpecialTokens;
import java.io.Serializable;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Counts over dialogues and the examples made of them, and what is to be expected of the latter.
 * Sums can be merged in any order. Not thread-safe.
 */
public final class ExampleStats implements Serializable {
  private final ExampleConfig config;
  private final MaskingConfig masking;
  private final int minTurns;
  private final int longestWholeTurn;

  private long buckets;
  private long dialogues;
  private long dialogueTurns;
  private long dialogueTokens;
  private double wholeTurnTokens;
  private double squaredWholeTurnTokens;
  private long examples;
  private long tokens;
  private long ordinaryTokens;
  private long unknownTokens;
  private long turns;
  private long randomPairs;
  private long predictions;
  private long wantedPredictions;
  private final SortedMap<String, Long> examplesBySplit = new TreeMap<>();

  public ExampleStats(ExampleConfig config, MaskingConfig masking) {
    boolean pairs = config.pairing() == Pairing.NEXT_SENTENCE;
    this.config = config;
    this.masking = masking;
    this.minTurns = pairs ? 2 : 1;
    this.longestWholeTurn = pairs ? config.room() / 2 : config.room();
    Splits.ALL.forEach(split -> examplesBySplit.put(split, 0L));
  }

  /** Counts the dialogues of a bucket, those that examples can be made of. */
  public void addBucket(List<TokenizedDialogue> bucket) {
    buckets++;
    for (TokenizedDialogue dialogue : bucket) {
      if (dialogue.turns().size() >= minTurns) {
        dialogues++;
        dialogueTurns += dialogue.turns().size();
        for (int[] turn : dialogue.turns()) {
          double whole = Math.min(turn.length, longestWholeTurn);
          dialogueTokens += turn.length;
          wholeTurnTokens += whole;
          squaredWholeTurnTokens += whole * whole;
        }
      }
    }
  }

  /**
   * Counts an example.
   *
   * @param example before masking
   * @param numTurns of it, shortened ones included; ids do not always tell
   * @param masked what masking makes of it, stored or tried out for the figures
   */
  public void add(PretrainExample example, int numTurns, MaskedInput masked) {
    examples++;
    examplesBySplit.merge(example.split(), 1L, Long::sum);
    tokens += example.length();
    int ordinary = 0;
    for (int id : example.inputIds()) {
      ordinary += id >= SpecialTokens.ALL.size() ? 1 : 0;
      unknownTokens += id == SpecialTokens.UNK ? 1 : 0;
    }
    ordinaryTokens += ordinary;
    turns += numTurns;
    randomPairs += example.nextSentenceLabel() == PretrainExample.RANDOM ? 1 : 0;
    predictions += masked.maskedLmPositions().length;
    wantedPredictions += masking.numPredictions(ordinary);
  }

  /** Adds the counts of other dialogues and examples of the same settings. */
  public void merge(ExampleStats other) {
    buckets += other.buckets;
    dialogues += other.dialogues;
    dialogueTurns += other.dialogueTurns;
    dialogueTokens += other.dialogueTokens;
    wholeTurnTokens += other.wholeTurnTokens;
    squaredWholeTurnTokens += other.squaredWholeTurnTokens;
    examples += other.examples;
    tokens += other.tokens;
    ordinaryTokens += other.ordinaryTokens;
    unknownTokens += other.unknownTokens;
    turns += other.turns;
    randomPairs += other.randomPairs;
    predictions += other.predictions;
    wantedPredictions += other.wantedPredictions;
    other.examplesBySplit.forEach((split, n) -> examplesBySplit.merge(split, n, Long::sum));
  }

  public long examples() {
    return examples;
  }

  /** Examples of each split, those that are empty included. */
  public SortedMap<String, Long> examplesBySplit() {
    return Collections.unmodifiableSortedMap(examplesBySplit);
  }

  /** Tokens of all examples, special ones included. */
  public long tokens() {
    return tokens;
  }

  /** Tokens as a share of what full examples would hold, in [0, 1]. */
  public double fillRatio() {
    return ratio(tokens, examples * config.maxSequenceLength());
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

  /**
   * Every figure beside what the settings and the dialogues' lengths make of it; that of random
   * pairs where examples are pairs.
   *
   * @param copies how many times each example was counted, with other masks
   * @param maxUnknownRatio most {@code [UNK]} allowed, in [0, 1]
   */
  public List<ExpectedFigure> figures(int copies, double maxUnknownRatio) {
    double turnsPerExample = ratio(dialogueTurns * copies, examples);
    double text = (double) ordinaryTokens + unknownTokens;
    double wantedMasks = ratio(wantedPredictions, ordinaryTokens);
    ExpectedFigure masks =
        new ExpectedFigure(
            "mask_ratio", maskRatio(), masking.wholeWordMask() ? 0 : wantedMasks, wantedMasks);
    ExpectedFigure unknown =
        new ExpectedFigure("unknown_ratio", unknownRatio(), 0, maxUnknownRatio);
    int separator = config.separatorLength();
    double room = config.room();
    double meanWholeTurn = wholeTurnTokens / Math.max(1, dialogueTurns);
    return switch (config.pairing()) {
      case NEXT_SENTENCE -> {
        // Each example goes on by a turn at least. It has two turns or more; a tenth is allowed for
        // which they are.
        double framed = text + 3.0 * examples + separator * (turns - 2.0 * examples);
        double leastFill = 0.9 * (3 + 2 * meanWholeTurn) / config.maxSequenceLength();
        double p = config.randomNextProb();
        double threeSigma = 3 * Math.sqrt(p * (1 - p) * copies / Math.max(1, examples));
        yield List.of(
            new ExpectedFigure(
                "rows_out", examples, (double) dialogues * copies, (double) dialogueTurns * copies),
            new ExpectedFigure("tokens", tokens, framed, framed),
            new ExpectedFigure("fill_ratio", fillRatio(), leastFill, 1),
            new ExpectedFigure(
                "mean_turns",
                meanTurns(),
                Math.max(2, turnsPerExample),
                (room + 2 * separator) / (1 + separator)),
            masks,
            new ExpectedFigure(
                "random_pair_ratio", randomPairRatio(), p - threeSigma, p + threeSigma),
            unknown);
      }
      case FULL_SENTENCES -> {
        // A turn longer than an example is as many turns as its pieces. An example but the last of
        // a bucket lacks less than the turn that did not fit; that it did not is the likelier the
        // longer it is.
        double pieces = dialogueTurns + dialogueTokens / room;
        double lacking = squaredWholeTurnTokens / Math.max(1, wholeTurnTokens);
        double leastFill =
            1 - lacking / config.maxSequenceLength() - ratio(buckets * copies, examples);
        yield List.of(
            new ExpectedFigure(
                "rows_out", examples, copies * Math.ceil(dialogueTokens / room), copies * pieces),
            new ExpectedFigure(
                "tokens",
                tokens,
                text + 2.0 * examples + separator * ((double) turns - examples),
                text + (double) examples + turns),
            new ExpectedFigure("fill_ratio", fillRatio(), leastFill, 1),
            new ExpectedFigure(
                "mean_turns",
                meanTurns(),
                turnsPerExample,
                copies * pieces / Math.max(1, examples)),
            masks,
            unknown);
      }
    };
  }

  private static double ratio(long part, long whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }
}
