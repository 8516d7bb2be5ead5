package io.dialogbert.example;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Dialogues whose tokens show their origin: no two turns of a test share a token. */
final class RandomDialogues {
  static final long SEED = Long.getLong("tests.seed", 20191029L);
  static final String NOTE = "tests.seed " + SEED;

  private final SplittableRandom random = new SplittableRandom(SEED);
  private int nextToken = 6;
  private int nextDialogue;

  /**
   * A dialogue of at most {@code maxTurns} turns. Most turns are short, a few are longer than any
   * example.
   */
  TokenizedDialogue next(int maxTurns) {
    List<int[]> turns = new ArrayList<>();
    for (int n = random.nextInt(2, maxTurns + 1); n > 0; n--) {
      turns.add(turn(random.nextInt(15) == 0 ? random.nextInt(30, 80) : random.nextInt(1, 16)));
    }
    return dialogue(turns);
  }

  TokenizedDialogue ofLengths(int... lengths) {
    List<int[]> turns = new ArrayList<>();
    for (int length : lengths) {
      turns.add(turn(length));
    }
    return dialogue(turns);
  }

  List<TokenizedDialogue> list(int size, int maxTurns) {
    List<TokenizedDialogue> dialogues = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      dialogues.add(next(maxTurns));
    }
    return dialogues;
  }

  /** One more than the largest token so far. */
  int numTokens() {
    return nextToken;
  }

  private TokenizedDialogue dialogue(List<int[]> turns) {
    return new TokenizedDialogue("d" + nextDialogue++, "ko", "train", turns);
  }

  private int[] turn(int length) {
    int[] turn = new int[length];
    for (int i = 0; i < length; i++) {
      turn[i] = nextToken++;
    }
    return turn;
  }
}
