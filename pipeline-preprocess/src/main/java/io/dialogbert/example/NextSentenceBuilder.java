package io.dialogbert.example;

import io.dialogbert.common.Seeds;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;
import java.util.function.ObjIntConsumer;

/**
 * Turns dialogues into next-sentence examples.
 *
 * <p>A chunk is as many whole turns as fit into an example. It is cut at a random turn; the turns
 * before the cut are the first part. The second part is either the rest of the chunk or turns of
 * another dialogue. In the latter case the rest of the chunk goes to the next example, as in BERT.
 * If a single turn is left at the end, the chunk is filled with the turns before it. Only two
 * adjacent turns that do not fit together are shortened: they keep the tokens nearest to the
 * boundary of the parts. Every turn is used in an example.
 *
 * <p>The random choices depend only on the seed and the dialogue's id. Immutable and shared by
 * threads.
 *
 * @see <a href="https://arxiv.org/abs/1810.04805">Devlin et al. 2018, section 3.1 and appendix
 *     A.2</a>
 */
final class NextSentenceBuilder {
  private final ExampleConfig config;
  private final long seed;
  private final int maxTextTokens;

  NextSentenceBuilder(ExampleConfig config, long seed) {
    this.config = config;
    this.seed = seed;
    this.maxTextTokens = config.maxTextTokens();
  }

  /**
   * Passes on the examples of a dialogue, each with its number of turns. A dialogue with fewer than
   * two turns has none.
   *
   * @param donor another dialogue of the same language and split, the source of random second
   *     parts; if it is missing or has no turns, every second part truly follows
   */
  void build(
      TokenizedDialogue dialogue,
      Optional<TokenizedDialogue> donor,
      ObjIntConsumer<PretrainExample> out) {
    new Run(dialogue, donor, out).build();
  }

  /** The work on one dialogue. */
  private final class Run {
    private final TokenizedDialogue dialogue;
    private final List<int[]> turns;
    private final Optional<TokenizedDialogue> donor;
    private final List<int[]> donorTurns;
    private final int shortestDonorTurn;
    private final SplittableRandom random;
    private final ObjIntConsumer<PretrainExample> out;
    private final ExampleWriter writer = new ExampleWriter(config);
    private int numExamples;

    private Run(
        TokenizedDialogue dialogue,
        Optional<TokenizedDialogue> donor,
        ObjIntConsumer<PretrainExample> out) {
      this.dialogue = dialogue;
      this.turns = dialogue.turns();
      this.donor = donor;
      this.donorTurns = donor.map(TokenizedDialogue::turns).orElse(List.of());
      this.shortestDonorTurn = donorTurns.stream().mapToInt(turn -> turn.length).min().orElse(0);
      this.random = Seeds.of(seed, "examples", dialogue.dialogueId());
      this.out = out;
    }

    private void build() {
      if (turns.size() < 2) {
        return;
      }
      int cursor = 0;
      while (cursor < turns.size()) {
        boolean isRandom = !donorTurns.isEmpty() && random.nextDouble() < config.randomNextProb();
        int from = cursor < turns.size() - 1 ? cursor : startOfLastChunk();
        int to =
            cursor < turns.size() - 1 ? endOfChunk(turns, cursor, maxTextTokens, 2) : turns.size();
        int cut = random.nextInt(from + 1, to);
        if (!isRandom) {
          add(span(from, cut), span(cut, to), PretrainExample.FOLLOWS);
          cursor = to;
        } else if (from == cursor) {
          // Give back turns until a whole turn of the donor fits; see donorStart.
          while (cut > from + 1 && span(from, cut).length() + shortestDonorTurn > maxTextTokens) {
            cut--;
          }
          addRandom(span(from, cut));
          cursor = cut;
        } else {
          // The turns before the last one have been used already, so the part kept must include the
          // last one.
          while (cut < to - 1 && span(cut, to).length() + shortestDonorTurn > maxTextTokens) {
            cut++;
          }
          addRandom(span(cut, to));
          cursor = to;
        }
      }
    }

    private TurnSpan span(int from, int to) {
      return TurnSpan.of(turns, from, to, config);
    }

    /**
     * The first turn of the longest chunk that ends with the last turn and has at least two turns.
     */
    private int startOfLastChunk() {
      int numTurns =
          endOfChunk(
              i -> turns.get(turns.size() - 1 - i).length, turns.size(), 0, maxTextTokens, 2);
      return turns.size() - numTurns;
    }

    private void addRandom(TurnSpan first) {
      int left = maxTextTokens - first.length();
      int start = donorStart(left);
      int end = endOfChunk(donorTurns, start, left, 1);
      add(first, TurnSpan.of(donorTurns, start, end, config), PretrainExample.RANDOM);
    }

    /**
     * A random turn of the donor that fits into {@code left} tokens, if there is one. A shortened
     * second part would reveal that it is random.
     */
    private int donorStart(int left) {
      int[] fitting = new int[donorTurns.size()];
      int numFitting = 0;
      for (int i = 0; i < donorTurns.size(); i++) {
        if (donorTurns.get(i).length <= left) {
          fitting[numFitting++] = i;
        }
      }
      return numFitting > 0
          ? fitting[random.nextInt(numFitting)]
          : random.nextInt(donorTurns.size());
    }

    private void add(TurnSpan first, TurnSpan second, int nextSentenceLabel) {
      if (first.length() + second.length() <= maxTextTokens) {
        write(first, second, nextSentenceLabel);
        return;
      }
      // The longer part shrinks to no less than half of the room. The shorter part stays whole if
      // it fits into its half.
      int half = maxTextTokens / 2;
      int firstLength =
          Math.min(first.length(), Math.max(maxTextTokens - second.length(), maxTextTokens - half));
      int secondLength = Math.min(second.length(), maxTextTokens - firstLength);
      write(first.last(firstLength), second.first(secondLength), nextSentenceLabel);
    }

    private void write(TurnSpan first, TurnSpan second, int nextSentenceLabel) {
      writer.start();
      writer.turns(first.turns());
      writer.nextPart();
      writer.turns(second.turns());
      String id = dialogue.dialogueId() + "-" + numExamples++;
      List<TokenizedDialogue> dialogues =
          nextSentenceLabel == PretrainExample.RANDOM
              ? List.of(dialogue, donor.orElseThrow())
              : List.of(dialogue);
      out.accept(
          writer.finish(id, dialogues, nextSentenceLabel),
          first.turns().size() + second.turns().size());
    }
  }

  private int endOfChunk(List<int[]> turns, int from, int limit, int atLeast) {
    return endOfChunk(i -> turns.get(i).length, turns.size(), from, limit, atLeast);
  }

  /**
   * The end (exclusive) of the longest run of turns that starts at {@code from} and fits into
   * {@code limit} tokens. It has at least {@code atLeast} turns. The separator that [SEP] replaces
   * is not counted.
   */
  private int endOfChunk(
      IntUnaryOperator turnLength, int numTurns, int from, int limit, int atLeast) {
    int end = from;
    int length = 0;
    while (end < numTurns) {
      // A chunk of two parts has one separator fewer between its turns, and atLeast is the number
      // of parts.
      int separator = end - from >= atLeast ? config.separatorLength() : 0;
      length += turnLength.applyAsInt(end) + separator;
      if (length > limit && end - from >= atLeast) {
        break;
      }
      end++;
    }
    return end;
  }
}
