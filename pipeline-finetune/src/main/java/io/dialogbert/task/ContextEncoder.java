package io.dialogbert.task;

import io.dialogbert.text.piece.SpecialTokens;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * Lays out the turns before a reply as one sequence: {@code [CLS] turn [SEPT] turn [SEP]}. The last
 * turns stay whole as far as they fit. Only the end of the earliest turn included is kept.
 */
public final class ContextEncoder {
  private final int maxSequenceLength;
  private final int maxTurns;

  /**
   * Makes an encoder.
   *
   * @param maxSequenceLength maximum number of tokens, special tokens included, at least 3
   * @param maxTurns maximum number of context turns, at least 1
   */
  public ContextEncoder(int maxSequenceLength, int maxTurns) {
    if (maxSequenceLength < 3 || maxTurns < 1) {
      throw new IllegalArgumentException(
          "a context needs at least 3 tokens and 1 turn, got "
              + maxSequenceLength
              + " and "
              + maxTurns);
    }
    this.maxSequenceLength = maxSequenceLength;
    this.maxTurns = maxTurns;
  }

  /**
   * Lays out a context.
   *
   * @param turns token ids of each turn, in order, at least one
   */
  public TaskExample encode(String exampleId, List<int[]> turns, int label) {
    Deque<int[]> kept = new ArrayDeque<>();
    int room = maxSequenceLength - 2;
    for (int i = turns.size() - 1; i >= 0 && kept.size() < maxTurns; i--) {
      int[] turn = turns.get(i);
      int separator = kept.isEmpty() ? 0 : 1;
      int length = Math.min(turn.length, room - separator);
      if (length <= 0) {
        break;
      }
      kept.addFirst(Arrays.copyOfRange(turn, turn.length - length, turn.length));
      room -= length + separator;
    }
    int total = maxSequenceLength - room;
    int[] inputIds = new int[total];
    int[] turnIds = new int[total];
    inputIds[0] = SpecialTokens.CLS;
    int at = 1;
    int turnId = 0;
    for (int[] turn : kept) {
      System.arraycopy(turn, 0, inputIds, at, turn.length);
      inputIds[at + turn.length] = SpecialTokens.SEPT;
      Arrays.fill(turnIds, at, at + turn.length + 1, turnId);
      at += turn.length + 1;
      turnId ^= 1;
    }
    inputIds[total - 1] = SpecialTokens.SEP;
    return new TaskExample(exampleId, inputIds, new int[total], turnIds, label, new float[0]);
  }
}
