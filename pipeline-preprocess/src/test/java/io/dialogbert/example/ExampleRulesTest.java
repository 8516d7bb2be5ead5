package io.dialogbert.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dialogbert.text.piece.SpecialTokens;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each rule of examples and masks, checked on 100,000 examples of random dialogues. */
class ExampleRulesTest {
  private static final int NUM_EXAMPLES = 100_000;
  private static final int BUCKET = 500;
  private static final int MAX_LENGTH = 48;

  /** An example and what is known about it. */
  private record Built(PretrainExample example, int numTurns) {}

  /** Part of a turn in an example. */
  private record Run(int dialogue, int turn, int from, int to) {}

  /** Dialogues, the examples made of them in buckets, and the origin of each token. */
  private static final class Corpus {
    private final ExampleConfig config;
    private final List<TokenizedDialogue> dialogues = new ArrayList<>();
    private final List<Built> examples = new ArrayList<>();
    private final int[] dialogueOf;
    private final int[] turnOf;

    private Corpus(Pairing pairing, boolean useTurnSeparator, boolean useTurnEmbedding) {
      config = new ExampleConfig(pairing, MAX_LENGTH, 0.5, useTurnSeparator, useTurnEmbedding);
      RandomDialogues random = new RandomDialogues();
      while (examples.size() < NUM_EXAMPLES) {
        List<TokenizedDialogue> bucket = random.list(BUCKET, 30);
        dialogues.addAll(bucket);
        new ExampleBuilder(config, 3)
            .build(bucket, (example, turns) -> examples.add(new Built(example, turns)));
      }
      dialogueOf = new int[random.numTokens()];
      turnOf = new int[random.numTokens()];
      for (int d = 0; d < dialogues.size(); d++) {
        List<int[]> turns = dialogues.get(d).turns();
        for (int t = 0; t < turns.size(); t++) {
          for (int token : turns.get(t)) {
            dialogueOf[token] = d;
            turnOf[token] = t;
          }
        }
      }
    }

    private int[] turn(Run run) {
      return dialogues.get(run.dialogue()).turns().get(run.turn());
    }

    /** The turns in positions {@code from} to {@code to}, distinguished by their tokens. */
    private List<Run> runs(int[] ids, int from, int to) {
      List<Run> runs = new ArrayList<>();
      for (int i = from; i < to; ) {
        int start = i;
        i++;
        if (ids[start] >= SpecialTokens.ALL.size()) {
          while (i < to && ids[i] == ids[i - 1] + 1 && turnOf[ids[i]] == turnOf[ids[start]]) {
            i++;
          }
          runs.add(new Run(dialogueOf[ids[start]], turnOf[ids[start]], start, i));
        }
      }
      return runs;
    }

    private boolean isWhole(Run run, int[] ids) {
      int[] turn = turn(run);
      return turn.length == run.to() - run.from() && turn[0] == ids[run.from()];
    }
  }

  @ParameterizedTest
  @CsvSource({"true, true", "true, false", "false, true", "false, false"})
  void pairsKeepEveryRule(boolean useTurnSeparator, boolean useTurnEmbedding) {
    Corpus corpus = new Corpus(Pairing.NEXT_SENTENCE, useTurnSeparator, useTurnEmbedding);
    boolean[][] used = new boolean[corpus.dialogues.size()][];
    Arrays.setAll(used, d -> new boolean[corpus.dialogues.get(d).turns().size()]);
    int random = 0;
    for (Built built : corpus.examples) {
      PretrainExample example = built.example();
      int[] ids = example.inputIds();
      int boundary = indexOf(ids, SpecialTokens.SEP);
      require(ids.length <= MAX_LENGTH, "at most 48 tokens", example);
      require(
          count(ids, SpecialTokens.SEP) == 2 && boundary > 1 && boundary < ids.length - 2,
          "[CLS] first [SEP] second [SEP]",
          example);
      for (int i = 0; i < ids.length; i++) {
        require(example.segmentIds()[i] == (i <= boundary ? 0 : 1), "segment ids", example);
      }
      List<Run> first = corpus.runs(ids, 1, boundary);
      List<Run> second = corpus.runs(ids, boundary + 1, ids.length - 1);
      requireTurns(corpus, built, concat(first, second));
      requireConsecutive(first, example);
      requireConsecutive(second, example);
      Run last = first.get(first.size() - 1);
      Run next = second.get(0);
      boolean follows = next.dialogue() == last.dialogue() && next.turn() == last.turn() + 1;
      boolean isRandom = example.nextSentenceLabel() == PretrainExample.RANDOM;
      require(
          isRandom ? next.dialogue() != last.dialogue() : follows,
          "a second part that follows, or is from another dialogue",
          example);
      requireShortenedOnlyWhereNeeded(corpus, example, first, second);
      requireFullestSecondPart(corpus, example, second);
      random += isRandom ? 1 : 0;
      for (Run run : isRandom ? first : concat(first, second)) {
        used[run.dialogue()][run.turn()] = true;
      }
    }
    assertThat(random / (double) corpus.examples.size())
        .as(RandomDialogues.NOTE)
        .isCloseTo(0.5, within(0.005));
    for (boolean[] turns : used) {
      for (boolean turn : turns) {
        assertThat(turn).as("a turn in an example, " + RandomDialogues.NOTE).isTrue();
      }
    }
  }

  /**
   * Turns are whole, except two that do not fit together; these keep what is next to the boundary.
   */
  private static void requireShortenedOnlyWhereNeeded(
      Corpus corpus, PretrainExample example, List<Run> first, List<Run> second) {
    int[] ids = example.inputIds();
    boolean whole = concat(first, second).stream().allMatch(run -> corpus.isWhole(run, ids));
    if (whole) {
      return;
    }
    require(first.size() == 1 && second.size() == 1, "two turns where one is short", example);
    int[] before = corpus.turn(first.get(0));
    int[] after = corpus.turn(second.get(0));
    int boundary = first.get(0).to();
    require(before.length + after.length > MAX_LENGTH - 3, "turns that do not fit", example);
    require(ids.length == MAX_LENGTH, "no more cut off than needed", example);
    require(ids[boundary - 1] == before[before.length - 1], "the end of the first turn", example);
    require(ids[boundary + 1] == after[0], "the start of the second turn", example);
    int half = (MAX_LENGTH - 3) / 2;
    require(
        (before.length > half || (first.get(0).from() == 1 && ids[1] == before[0]))
            && (after.length > half || ids[ids.length - 2] == after[after.length - 1]),
        "a turn that fits into its half stays whole",
        example);
  }

  private static void requireFullestSecondPart(
      Corpus corpus, PretrainExample example, List<Run> second) {
    Run last = second.get(second.size() - 1);
    List<int[]> turns = corpus.dialogues.get(last.dialogue()).turns();
    if (last.turn() + 1 < turns.size()) {
      int more = corpus.config.separatorLength() + turns.get(last.turn() + 1).length;
      require(example.length() + more > MAX_LENGTH, "as many turns as fit", example);
    }
  }

  @ParameterizedTest
  @CsvSource({"true, true", "true, false", "false, true", "false, false"})
  void fullSentencesKeepEveryRule(boolean useTurnSeparator, boolean useTurnEmbedding) {
    Corpus corpus = new Corpus(Pairing.FULL_SENTENCES, useTurnSeparator, useTurnEmbedding);
    int numBuckets = corpus.dialogues.size() / BUCKET;
    BitSet seenTokens = new BitSet();
    BitSet seenDialogues = new BitSet();
    int shorterThanNeeded = 0;
    int previousToken = -1;
    int previousLength = MAX_LENGTH;
    for (Built built : corpus.examples) {
      PretrainExample example = built.example();
      int[] ids = example.inputIds();
      require(ids.length <= MAX_LENGTH, "at most 48 tokens", example);
      require(example.nextSentenceLabel() == PretrainExample.NO_PAIR, "no label", example);
      require(Arrays.stream(example.segmentIds()).allMatch(s -> s == 0), "segment ids", example);
      List<Run> runs = corpus.runs(ids, 1, ids.length - 1);
      requireTurns(corpus, built, runs);
      for (Run run : runs) {
        int maxTextTokens = MAX_LENGTH - 2;
        int[] turn = corpus.turn(run);
        require(
            corpus.isWhole(run, ids)
                || (turn.length > maxTextTokens
                    && (ids[run.from()] - turn[0]) % maxTextTokens == 0),
            "whole turns, or pieces of one that is longer than an example",
            example);
        // The token after the previous one, or a new dialogue: nothing is lost, repeated or out of
        // order.
        int token = ids[run.from()];
        require(
            corpus.dialogueOf[token] == (previousToken < 0 ? -1 : corpus.dialogueOf[previousToken])
                ? token == previousToken + 1
                : !seenDialogues.get(run.dialogue()),
            "turns in order",
            example);
        seenDialogues.set(run.dialogue());
        seenTokens.set(token, token + run.to() - run.from());
        previousToken = token + run.to() - run.from() - 1;
      }
      Run first = runs.get(0);
      int separatorLength =
          first.turn() == 0 && ids[1] == corpus.turn(first)[0]
              ? 1
              : corpus.config.separatorLength();
      boolean didNotFit = previousLength + separatorLength + first.to() - first.from() > MAX_LENGTH;
      shorterThanNeeded += didNotFit ? 0 : 1;
      previousLength = ids.length;
    }
    // Examples do not continue from one bucket into the next.
    assertThat(shorterThanNeeded).as(RandomDialogues.NOTE).isLessThan(numBuckets);
    assertThat(seenTokens.cardinality())
        .as("tokens in examples, " + RandomDialogues.NOTE)
        .isEqualTo(corpus.dialogueOf.length - SpecialTokens.ALL.size());
  }

  /**
   * Checks frame, separators, turn ids and number of turns, which are the same for both pairings.
   */
  private static void requireTurns(Corpus corpus, Built built, List<Run> runs) {
    PretrainExample example = built.example();
    int[] ids = example.inputIds();
    int[] turnIds = example.turnIds();
    boolean pair = example.nextSentenceLabel() != PretrainExample.NO_PAIR;
    require(built.numTurns() == runs.size(), "number of turns", example);
    require(example.dialogueId().equals("d" + runs.get(0).dialogue()), "dialogue", example);
    require(count(ids, SpecialTokens.CLS) == 1, "one [CLS]", example);
    int boundary = indexOf(ids, SpecialTokens.SEP);
    int position = 1;
    for (int r = 0; r < runs.size(); r++) {
      Run run = runs.get(r);
      if (r > 0) {
        boolean changes =
            pair ? position == boundary : run.dialogue() != runs.get(r - 1).dialogue();
        if (changes || corpus.config.useTurnSeparator()) {
          int separator = changes ? SpecialTokens.SEP : SpecialTokens.SEPT;
          require(ids[position] == separator, "separators between turns", example);
          position++;
        }
      }
      require(run.from() == position, "nothing but turns and separators", example);
      position = run.to();
    }
    require(position == ids.length - 1, "nothing after the last turn but [SEP]", example);
    for (int i = 0, r = 0; i < ids.length; i++) {
      r += r + 1 < runs.size() && i == runs.get(r + 1).from() ? 1 : 0;
      require(
          turnIds[i] == (corpus.config.useTurnEmbedding() ? r % 2 : 0),
          "turn ids that change with each turn",
          example);
    }
  }

  private static void requireConsecutive(List<Run> runs, PretrainExample example) {
    for (int r = 1; r < runs.size(); r++) {
      Run before = runs.get(r - 1);
      Run run = runs.get(r);
      require(
          run.dialogue() == before.dialogue() && run.turn() == before.turn() + 1,
          "consecutive turns of one dialogue",
          example);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "NEXT_SENTENCE, false",
    "NEXT_SENTENCE, true",
    "FULL_SENTENCES, false",
    "FULL_SENTENCES, true"
  })
  void masksKeepEveryRule(Pairing pairing, boolean wholeWordMask) {
    Corpus corpus = new Corpus(pairing, true, true);
    int vocabSize = corpus.dialogueOf.length;
    MaskingConfig config = new MaskingConfig(0.15, 8, wholeWordMask, vocabSize);
    Masking masking = new Masking(config, id -> id % 3 == 0);
    long predictions = 0;
    long masked = 0;
    long kept = 0;
    int sameInCopies = 0;
    for (Built built : corpus.examples) {
      PretrainExample example = built.example();
      int[] ids = example.inputIds();
      MaskedInput input = masking.mask(ids, 1, 0, example.exampleId());
      int[] positions = input.maskedLmPositions();
      int numOrdinary =
          (int) Arrays.stream(ids).filter(id -> id >= SpecialTokens.ALL.size()).count();
      int wanted = Math.min(8, Math.max(1, Math.round(numOrdinary * 0.15f)));
      require(
          wholeWordMask
              ? positions.length >= 1 && positions.length <= wanted
              : positions.length == wanted,
          "15 % of the ordinary tokens, at least one and at most eight",
          example);
      boolean[] isMasked = new boolean[ids.length];
      int[] restored = input.inputIds().clone();
      for (int p = 0; p < positions.length; p++) {
        int original = input.maskedLmIds()[p];
        int now = input.inputIds()[positions[p]];
        require(original >= SpecialTokens.ALL.size(), "no special token masked", example);
        require(
            now == SpecialTokens.MASK || (now >= SpecialTokens.ALL.size() && now < vocabSize),
            "[MASK] or an ordinary token",
            example);
        restored[positions[p]] = original;
        isMasked[positions[p]] = true;
        masked += now == SpecialTokens.MASK ? 1 : 0;
        kept += now == original ? 1 : 0;
      }
      require(Arrays.equals(restored, ids), "nothing else changed", example);
      if (wholeWordMask) {
        requireWholeWords(example, isMasked, wanted);
      }
      predictions += positions.length;
      MaskedInput copy = masking.mask(ids, 1, 1, example.exampleId());
      sameInCopies += Arrays.equals(copy.inputIds(), input.inputIds()) ? 1 : 0;
    }
    assertThat(masked / (double) predictions)
        .as(RandomDialogues.NOTE)
        .isCloseTo(0.8, within(0.005));
    assertThat(kept / (double) predictions).as(RandomDialogues.NOTE).isCloseTo(0.1, within(0.005));
    // If an example has few tokens, two copies may have the same masks.
    assertThat(sameInCopies).as(RandomDialogues.NOTE).isLessThan(corpus.examples.size() / 20);
  }

  /** A word is masked or not as a whole, unless each word is longer than what is to be masked. */
  private static void requireWholeWords(PretrainExample example, boolean[] isMasked, int wanted) {
    int[] ids = example.inputIds();
    boolean whole = true;
    int shortest = ids.length;
    for (int start = 1; start < ids.length; start++) {
      if (ids[start] >= SpecialTokens.ALL.size()) {
        int end = start + 1;
        while (ids[end] >= SpecialTokens.ALL.size() && ids[end] % 3 != 0) {
          whole &= isMasked[end] == isMasked[end - 1];
          end++;
        }
        shortest = Math.min(shortest, end - start);
        start = end - 1;
      }
    }
    require(whole || shortest > wanted, "whole words", example);
  }

  @Test
  void buildersGiveEveryExampleAnIdOfItsOwn() {
    for (Pairing pairing : Pairing.values()) {
      List<Built> examples = new Corpus(pairing, true, true).examples;
      long distinct = examples.stream().map(b -> b.example().exampleId()).distinct().count();
      assertThat(distinct).as(RandomDialogues.NOTE).isEqualTo(examples.size());
    }
  }

  private static void require(boolean holds, String rule, PretrainExample example) {
    if (!holds) {
      throw new AssertionError(
          "%s: example %s %s, %s"
              .formatted(
                  rule,
                  example.exampleId(),
                  Arrays.toString(example.inputIds()),
                  RandomDialogues.NOTE));
    }
  }

  private static List<Run> concat(List<Run> first, List<Run> second) {
    List<Run> all = new ArrayList<>(first);
    all.addAll(second);
    return all;
  }

  private static int count(int[] ids, int id) {
    int count = 0;
    for (int i : ids) {
      count += i == id ? 1 : 0;
    }
    return count;
  }

  private static int indexOf(int[] ids, int id) {
    int i = 0;
    while (ids[i] != id) {
      i++;
    }
    return i;
  }
}
