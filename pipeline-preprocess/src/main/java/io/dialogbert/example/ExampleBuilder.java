package io.dialogbert.example;

import io.dialogbert.common.Seeds;
import io.dialogbert.text.SpecialTokens;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;

/**
 * Turns dialogues into next-sentence examples.
 *
 * <p>A chunk is as many whole turns as fit into an example. It is cut at a random turn; what comes
 * before is the first part. The second part is the rest of the chunk, or turns of another dialogue,
 * and then the rest of the chunk is used for the next example, as BERT does. Where a single turn is
 * left at the end, the chunk is filled with the turns before it. Only two neighboring turns that do
 * not fit together are shortened: they keep the tokens nearest to where the parts meet. Every turn
 * gets into an example.
 *
 * <p>The choices depend on the seed and the dialogue's id only. Immutable and shared by threads.
 *
 * @see <a href="https://arxiv.org/abs/1810.04805">Devlin et al. 2018, section 3.1 and appendix
 *     A.2</a>
 */
public final class ExampleBuilder {
  private final ExampleConfig config;
  private final long seed;
  private final int budget;

  public ExampleBuilder(ExampleConfig config, long seed) {
    this.config = config;
    this.seed = seed;
    this.budget = config.maxSequenceLength() - ExampleConfig.NUM_FRAME_TOKENS;
  }

  /** The examples of a dialogue for which there is no other: every second part truly follows. */
  public List<PretrainExample> build(TokenizedDialogue dialogue) {
    return new Run(dialogue, List.of()).build();
  }

  /**
   * The examples of a dialogue. One with fewer than two turns has none.
   *
   * @param donor where random second parts are taken from: another dialogue of the same language
   *     and split
   * @throws IllegalArgumentException if the donor is not that; names the ids
   */
  public List<PretrainExample> build(TokenizedDialogue dialogue, TokenizedDialogue donor) {
    if (donor.dialogueId().equals(dialogue.dialogueId())
        || !donor.lang().equals(dialogue.lang())
        || !donor.split().equals(dialogue.split())) {
      throw new IllegalArgumentException(
          "a donor must be another dialogue of the same language and split: dialogue %s, donor %s"
              .formatted(dialogue.dialogueId(), donor.dialogueId()));
    }
    return new Run(dialogue, donor.turns()).build();
  }

  /** The work on one dialogue. */
  private final class Run {
    private final TokenizedDialogue dialogue;
    private final List<int[]> turns;
    private final List<int[]> donorTurns;
    private final int shortestDonorTurn;
    private final SplittableRandom random;
    private final List<PretrainExample> examples = new ArrayList<>();

    private Run(TokenizedDialogue dialogue, List<int[]> donorTurns) {
      this.dialogue = dialogue;
      this.turns = dialogue.turns();
      this.donorTurns = donorTurns;
      this.shortestDonorTurn = donorTurns.stream().mapToInt(turn -> turn.length).min().orElse(0);
      this.random = Seeds.of(seed, "examples", dialogue.dialogueId());
    }

    private List<PretrainExample> build() {
      if (turns.size() < 2) {
        return List.of();
      }
      int cursor = 0;
      while (cursor < turns.size()) {
        boolean isRandom = !donorTurns.isEmpty() && random.nextDouble() < config.randomNextProb();
        int from = cursor < turns.size() - 1 ? cursor : startOfLastChunk();
        int to = cursor < turns.size() - 1 ? endOfChunk(turns, cursor, budget, 2) : turns.size();
        int cut = random.nextInt(from + 1, to);
        if (!isRandom) {
          add(span(from, cut), span(cut, to), PretrainExample.FOLLOWS);
          cursor = to;
        } else if (from == cursor) {
          // Turns go back until a turn of the donor fits whole; see donorStart.
          while (cut > from + 1 && span(from, cut).length() + shortestDonorTurn > budget) {
            cut--;
          }
          addRandom(span(from, cut));
          cursor = cut;
        } else {
          // The turns before the last one have been used already, so it must be in the part that is
          // kept.
          while (cut < to - 1 && span(cut, to).length() + shortestDonorTurn > budget) {
            cut++;
          }
          addRandom(span(cut, to));
          cursor = to;
        }
      }
      return examples;
    }

    private TurnSpan span(int from, int to) {
      return TurnSpan.of(turns, from, to, config);
    }

    /** The first turn of the longest chunk that ends with the last turn, of at least two turns. */
    private int startOfLastChunk() {
      int numTurns =
          endOfChunk(i -> turns.get(turns.size() - 1 - i).length, turns.size(), 0, budget, 2);
      return turns.size() - numTurns;
    }

    private void addRandom(TurnSpan first) {
      int room = budget - first.length();
      int start = donorStart(room);
      int end = endOfChunk(donorTurns, start, room, 1);
      add(first, TurnSpan.of(donorTurns, start, end, config), PretrainExample.RANDOM);
    }

    /**
     * A random turn of the donor, one that fits into {@code room} tokens where there is one: a
     * shortened second part would tell that it is random.
     */
    private int donorStart(int room) {
      int[] fitting = new int[donorTurns.size()];
      int numFitting = 0;
      for (int i = 0; i < donorTurns.size(); i++) {
        if (donorTurns.get(i).length <= room) {
          fitting[numFitting++] = i;
        }
      }
      return numFitting > 0
          ? fitting[random.nextInt(numFitting)]
          : random.nextInt(donorTurns.size());
    }

    private void add(TurnSpan first, TurnSpan second, int nextSentenceLabel) {
      int excess = first.length() + second.length() - budget;
      if (excess <= 0) {
        examples.add(frame(first, second, nextSentenceLabel));
        return;
      }
      // The longer part gives way down to half of the room; the shorter one stays whole if it fits
      // into its half.
      int half = budget / 2;
      int firstLength = Math.min(first.length(), Math.max(budget - second.length(), budget - half));
      int secondLength = Math.min(second.length(), budget - firstLength);
      examples.add(frame(first.last(firstLength), second.first(secondLength), nextSentenceLabel));
    }

    private PretrainExample frame(TurnSpan first, TurnSpan second, int nextSentenceLabel) {
      ExampleWriter writer =
          new ExampleWriter(ExampleConfig.NUM_FRAME_TOKENS + first.length() + second.length());
      writer.append(SpecialTokens.CLS);
      writer.append(first.turns(), config.useTurnSeparator());
      writer.append(SpecialTokens.SEP);
      writer.nextPart();
      writer.append(second.turns(), config.useTurnSeparator());
      writer.append(SpecialTokens.SEP);
      return new PretrainExample(
          dialogue.dialogueId() + "-" + examples.size(),
          dialogue.dialogueId(),
          dialogue.lang(),
          dialogue.split(),
          writer.inputIds,
          writer.segmentIds,
          writer.turnIds,
          nextSentenceLabel,
          new int[0],
          new int[0]);
    }
  }

  private int endOfChunk(List<int[]> turns, int from, int room, int atLeast) {
    return endOfChunk(i -> turns.get(i).length, turns.size(), from, room, atLeast);
  }

  /**
   * The end (exclusive) of the longest run of turns that starts at {@code from} and fits into
   * {@code room} tokens, {@code atLeast} turns in any case. The separator that [SEP] takes the
   * place of is not counted.
   */
  private int endOfChunk(
      IntUnaryOperator turnLength, int numTurns, int from, int room, int atLeast) {
    int end = from;
    int length = 0;
    while (end < numTurns) {
      // Between the turns of a chunk of two parts stands one separator fewer, and atLeast is its
      // number of parts.
      int separator = config.useTurnSeparator() && end - from >= atLeast ? 1 : 0;
      length += turnLength.applyAsInt(end) + separator;
      if (length > room && end - from >= atLeast) {
        break;
      }
      end++;
    }
    return end;
  }

  /** The arrays of an example while they are being filled. */
  private static final class ExampleWriter {
    private final int[] inputIds;
    private final int[] segmentIds;
    private final int[] turnIds;
    private int length;
    private int segmentId;
    private int turnId;

    private ExampleWriter(int capacity) {
      inputIds = new int[capacity];
      segmentIds = new int[capacity];
      turnIds = new int[capacity];
    }

    private void append(int id) {
      inputIds[length] = id;
      segmentIds[length] = segmentId;
      turnIds[length] = turnId;
      length++;
    }

    private void append(List<int[]> turns, boolean useTurnSeparator) {
      for (int t = 0; t < turns.size(); t++) {
        if (t > 0) {
          if (useTurnSeparator) {
            append(SpecialTokens.SEPT);
          }
          turnId = 1 - turnId;
        }
        for (int id : turns.get(t)) {
          append(id);
        }
      }
    }

    private void nextPart() {
      segmentId = 1;
      turnId = 1 - turnId;
    }
  }
}
