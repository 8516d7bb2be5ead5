package io.dialogbert.example;

import io.dialogbert.dialogue.Splits;
import io.dialogbert.text.piece.SpecialTokens;
import java.io.Serializable;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Counts of dialogues and their examples, and the expected ranges for the examples. Counts can be
 * merged in any order. Not thread-safe.
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
    this.longestWholeTurn = pairs ? config.maxTextTokens() / 2 : config.maxTextTokens();
    Splits.ALL.forEach(split -> examplesBySplit.put(split, 0L));
  }

  /** Counts the dialogues of a bucket that can yield examples. */
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
   * @param example the example before masking
   * @param numTurns number of its turns, including shortened ones; turn ids do not always show it
   * @param masked its masked form, either stored or computed for the figures only
   */
  public void add(PretrainExample example, int numTurns, MaskedInput masked) {
    examples++;
    examplesBySplit.merge(example.split(), 1L, Long::sum);
    tokens += example.length();
    int ordinary = 0;
    for (int id : example.inputIds()) {
      ordinary += masking.isOrdinary(id) ? 1 : 0;
      unknownTokens += id == SpecialTokens.UNK ? 1 : 0;
    }
    ordinaryTokens += ordinary;
    turns += numTurns;
    randomPairs += example.nextSentenceLabel() == PretrainExample.RANDOM ? 1 : 0;
    predictions += masked.maskedLmPositions().length;
    wantedPredictions += masking.numPredictions(ordinary);
  }

  /** Adds the counts of other dialogues and examples with the same settings. */
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

  /** Number of examples of each split, including empty splits. */
  public SortedMap<String, Long> examplesBySplit() {
    return Collections.unmodifiableSortedMap(examplesBySplit);
  }

  /** Tokens of all examples, special tokens included. */
  public long tokens() {
    return tokens;
  }

  /** Tokens as a share of the capacity of all examples, in [0, 1]. */
  double fillRatio() {
    return ratio(tokens, examples * config.maxSequenceLength());
  }

  /** Turns per example. */
  double meanTurns() {
    return ratio(turns, examples);
  }

  /** Share of examples whose second part is from another dialogue, in [0, 1]. */
  double randomPairRatio() {
    return ratio(randomPairs, examples);
  }

  /** Predicted tokens as a share of ordinary tokens, in [0, 1]. */
  double maskRatio() {
    return ratio(predictions, ordinaryTokens);
  }

  /** {@code [UNK]} as a share of all text tokens, in [0, 1]. */
  public double unknownRatio() {
    return ratio(unknownTokens, ordinaryTokens + unknownTokens);
  }

  /**
   * All figures with the range expected from the settings and dialogue lengths. The ratio of random
   * pairs is included if examples are pairs.
   *
   * @param copies how many times each example was counted, each time with other masks
   * @param maxUnknownRatio maximum share of {@code [UNK]}, in [0, 1]
   */
  public List<RangeCheck> figures(int copies, double maxUnknownRatio) {
    double turnsPerExample = ratio(dialogueTurns * copies, examples);
    double text = (double) ordinaryTokens + unknownTokens;
    double wantedMasks = ratio(wantedPredictions, ordinaryTokens);
    RangeCheck masks =
        new RangeCheck(
            "mask_ratio", maskRatio(), masking.wholeWordMask() ? 0 : wantedMasks, wantedMasks);
    RangeCheck unknown = new RangeCheck("unknown_ratio", unknownRatio(), 0, maxUnknownRatio);
    int separator = config.separatorLength();
    double maxTextTokens = config.maxTextTokens();
    double meanWholeTurn = wholeTurnTokens / Math.max(1, dialogueTurns);
    return switch (config.pairing()) {
      case NEXT_SENTENCE -> {
        // Each example advances by at least one turn. It has two turns or more; a margin of a tenth
        // allows for which turns these are.
        double framed = text + 3.0 * examples + separator * (turns - 2.0 * examples);
        double leastFill = 0.9 * (3 + 2 * meanWholeTurn) / config.maxSequenceLength();
        double p = config.randomNextProb();
        double threeSigma = 3 * Math.sqrt(p * (1 - p) * copies / Math.max(1, examples));
        yield List.of(
            new RangeCheck(
                "rows_out", examples, (double) dialogues * copies, (double) dialogueTurns * copies),
            new RangeCheck("tokens", tokens, framed, framed),
            new RangeCheck("fill_ratio", fillRatio(), leastFill, 1),
            new RangeCheck(
                "mean_turns",
                meanTurns(),
                Math.max(2, turnsPerExample),
                (maxTextTokens + 2 * separator) / (1 + separator)),
            masks,
            new RangeCheck("random_pair_ratio", randomPairRatio(), p - threeSigma, p + threeSigma),
            unknown);
      }
      case FULL_SENTENCES -> {
        // A turn longer than an example counts as one turn per piece. Every example except the last
        // of a bucket has less free space than the length of the turn that did not fit. Longer
        // turns are more likely not to fit.
        double pieces = dialogueTurns + dialogueTokens / maxTextTokens;
        double lacking = squaredWholeTurnTokens / Math.max(1, wholeTurnTokens);
        double leastFill =
            1 - lacking / config.maxSequenceLength() - ratio(buckets * copies, examples);
        yield List.of(
            new RangeCheck(
                "rows_out",
                examples,
                copies * Math.ceil(dialogueTokens / maxTextTokens),
                copies * pieces),
            new RangeCheck(
                "tokens",
                tokens,
                text + 2.0 * examples + separator * ((double) turns - examples),
                text + (double) examples + turns),
            new RangeCheck("fill_ratio", fillRatio(), leastFill, 1),
            new RangeCheck(
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
