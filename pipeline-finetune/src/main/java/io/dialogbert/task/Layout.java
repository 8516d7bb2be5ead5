package io.dialogbert.task;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.dialogbert.text.piece.SpecialTokens;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Lays out texts as the encoder reads them: {@code [CLS] text [SEP]}, or {@code [CLS] text [SEP]
 * text [SEP]} for a pair. The turns of a text are separated by {@code [SEPT]}.
 *
 * @param maxSequenceLength maximum number of tokens, special tokens included, at least 5
 * @param maxTurns of a first text with more turns, only this many of the last ones are kept, at
 *     least 1
 * @param keepsEnd whether a first text that is too long keeps its end, as a context does, or its
 *     beginning
 * @param marksShared whether the turn id of a token in a pair says that the other text has it, too
 *     (the exact match feature of Chen et al. 2017, arXiv:1704.00051, section 3.2); a small encoder
 *     hardly learns to compare tokens
 */
public record Layout(
    @JsonProperty("max_sequence_length") int maxSequenceLength,
    @JsonProperty("max_turns") int maxTurns,
    @JsonProperty("keeps_end") boolean keepsEnd,
    @JsonProperty("marks_shared") boolean marksShared)
    implements Serializable {
  private static final int MIN_LENGTH = 5;

  /**
   * Texts as the encoder reads them. Letter T: number of tokens.
   *
   * @param inputIds int32 [T]
   * @param segmentIds int32 [T], 0 up to the first {@code [SEP]}, then 1
   * @param turnIds int32 [T], 0 for the first turn, then 1, 0, 1 and so on; a separator belongs to
   *     the turn before it. If shared tokens are marked, 1 for these, else 0
   */
  public record Sequence(int[] inputIds, int[] segmentIds, int[] turnIds) {}

  @JsonCreator
  public Layout {
    if (maxSequenceLength < MIN_LENGTH || maxTurns < 1) {
      throw new IllegalArgumentException(
          "a layout needs at least %d tokens and 1 turn, got %d and %d"
              .formatted(MIN_LENGTH, maxSequenceLength, maxTurns));
    }
  }

  /** Texts whose shared tokens are not marked. */
  public Layout(int maxSequenceLength, int maxTurns, boolean keepsEnd) {
    this(maxSequenceLength, maxTurns, keepsEnd, false);
  }

  /** The same layout with another number of turns. */
  public Layout withMaxTurns(int turns) {
    return new Layout(maxSequenceLength, turns, keepsEnd, marksShared);
  }

  /**
   * Lays out a text.
   *
   * @param text token ids, at least one
   */
  public Sequence of(int[] text) {
    return sequence(first(text, maxSequenceLength - 2));
  }

  /**
   * Lays out a pair. If it is too long, the longer text is cut until both are equally long, then
   * both are. So either keeps a token.
   *
   * @param first token ids, at least one
   * @param second token ids, at least one; keeps its beginning
   */
  public Sequence of(int[] first, int[] second) {
    int room = maxSequenceLength - 3;
    int half = room / 2;
    int lengthOfFirst = lastTurns(first).length;
    int roomOfFirst = Math.max(room - half, room - second.length);
    int[] keptFirst = first(first, roomOfFirst);
    int[] keptSecond =
        Arrays.copyOf(second, Math.min(second.length, room - Math.min(lengthOfFirst, roomOfFirst)));
    Sequence pair = sequence(keptFirst, keptSecond);
    return marksShared
        ? new Sequence(pair.inputIds(), pair.segmentIds(), shared(keptFirst, keptSecond))
        : pair;
  }

  /** 1 for each token of a pair that both texts have. */
  private static int[] shared(int[] first, int[] second) {
    Set<Integer> inFirst = IntStream.of(first).boxed().collect(Collectors.toSet());
    Set<Integer> inSecond = IntStream.of(second).boxed().collect(Collectors.toSet());
    int[] marks = new int[first.length + second.length + 3];
    for (int i = 0; i < first.length; i++) {
      marks[1 + i] = inSecond.contains(first[i]) ? 1 : 0;
    }
    for (int i = 0; i < second.length; i++) {
      marks[first.length + 2 + i] = inFirst.contains(second[i]) ? 1 : 0;
    }
    return marks;
  }

  /** Number of tokens of a text without turns that are laid out: its first ones. */
  public int numKept(int[] text) {
    return Math.min(text.length, maxSequenceLength - 2);
  }

  /** Whether laying out a text leaves a part of it out. */
  public boolean cuts(int[] text) {
    return text.length > maxSequenceLength - 2;
  }

  /** Whether laying out a pair leaves a part of it out. */
  public boolean cuts(int[] first, int[] second) {
    return first.length + second.length > maxSequenceLength - 3;
  }

  private int[] first(int[] text, int room) {
    int[] turns = lastTurns(text);
    if (turns.length <= room) {
      return turns;
    }
    if (!keepsEnd) {
      return Arrays.copyOf(turns, room);
    }
    int from = turns.length - room;
    // A separator is left out if nothing of the turn before it is kept.
    return Arrays.copyOfRange(
        turns, turns[from] == SpecialTokens.SEPT ? from + 1 : from, turns.length);
  }

  private int[] lastTurns(int[] text) {
    int turns = 1;
    for (int i = text.length - 1; i >= 0; i--) {
      if (text[i] == SpecialTokens.SEPT && ++turns > maxTurns) {
        return Arrays.copyOfRange(text, i + 1, text.length);
      }
    }
    return text;
  }

  private static Sequence sequence(int[]... texts) {
    int length = 1;
    for (int[] text : texts) {
      length += text.length + 1;
    }
    int[] inputIds = new int[length];
    int[] segmentIds = new int[length];
    int[] turnIds = new int[length];
    inputIds[0] = SpecialTokens.CLS;
    int at = 1;
    int turn = 0;
    for (int segment = 0; segment < texts.length; segment++) {
      for (int i = 0; i <= texts[segment].length; i++) {
        int id = i < texts[segment].length ? texts[segment][i] : SpecialTokens.SEP;
        inputIds[at] = id;
        segmentIds[at] = segment;
        turnIds[at++] = turn;
        turn ^= id == SpecialTokens.SEPT || id == SpecialTokens.SEP ? 1 : 0;
      }
    }
    return new Sequence(inputIds, segmentIds, turnIds);
  }
}
