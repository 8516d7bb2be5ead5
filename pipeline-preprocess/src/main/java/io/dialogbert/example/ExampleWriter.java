package io.dialogbert.example;

import io.dialogbert.text.piece.SpecialTokens;
import java.util.Arrays;
import java.util.List;

/** Fills the arrays of one example after another. Not thread-safe. */
final class ExampleWriter {
  private static final int[] NO_MASKS = {};

  private final boolean useTurnSeparator;
  private final boolean useTurnEmbedding;
  private final int[] inputIds;
  private final int[] segmentIds;
  private final int[] turnIds;
  private int length;
  private int segmentId;
  private int turnId;

  ExampleWriter(ExampleConfig config) {
    useTurnSeparator = config.useTurnSeparator();
    useTurnEmbedding = config.useTurnEmbedding();
    inputIds = new int[config.maxSequenceLength()];
    segmentIds = new int[config.maxSequenceLength()];
    turnIds = new int[config.maxSequenceLength()];
  }

  /** Starts an example. */
  void start() {
    length = 0;
    segmentId = 0;
    turnId = 0;
    append(SpecialTokens.CLS);
  }

  /** Adds turns with their separators. */
  void turns(List<int[]> turns) {
    for (int t = 0; t < turns.size(); t++) {
      if (t > 0) {
        separate();
      }
      turn(turns.get(t));
    }
  }

  /** Adds a turn's tokens. */
  void turn(int[] tokens) {
    for (int token : tokens) {
      append(token);
    }
  }

  /** Ends a turn that another turn of the same part follows. */
  void separate() {
    if (useTurnSeparator) {
      append(SpecialTokens.SEPT);
    }
    changeTurn();
  }

  /** Ends a turn that another dialogue follows in the same segment. */
  void changeDialogue() {
    append(SpecialTokens.SEP);
    changeTurn();
  }

  /** Ends the first part of a pair. */
  void nextPart() {
    append(SpecialTokens.SEP);
    changeTurn();
    segmentId = 1;
  }

  /**
   * Ends the example.
   *
   * @param dialogues dialogues of its turns, in order of their first turn
   */
  PretrainExample finish(
      String exampleId, List<TokenizedDialogue> dialogues, int nextSentenceLabel) {
    append(SpecialTokens.SEP);
    return new PretrainExample(
        exampleId,
        dialogues.stream().map(TokenizedDialogue::dialogueId).toList(),
        dialogues.get(0).lang(),
        dialogues.get(0).split(),
        Arrays.copyOf(inputIds, length),
        Arrays.copyOf(segmentIds, length),
        Arrays.copyOf(turnIds, length),
        nextSentenceLabel,
        NO_MASKS,
        NO_MASKS);
  }

  private void append(int id) {
    inputIds[length] = id;
    segmentIds[length] = segmentId;
    turnIds[length] = turnId;
    length++;
  }

  private void changeTurn() {
    turnId = useTurnEmbedding ? 1 - turnId : 0;
  }
}
