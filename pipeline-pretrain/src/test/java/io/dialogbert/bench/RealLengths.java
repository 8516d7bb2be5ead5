package io.dialogbert.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Lengths of pretraining examples that build-examples makes of real dialogues. */
final class RealLengths {
  /**
   * Number of examples of 5, 6, ... 48 tokens, among 156,451 made of 22,381 Korean dialogues
   * (340,231 messages) with 8,000 pieces.
   */
  private static final int[] COUNTS = {
    3, 12, 7, 17, 33, 87, 155, 272, 441, 589, 751, 897, 987, 1092, 1142, 1191, 1210, 1253, 1291,
    1368, 1400, 1545, 1713, 1862, 2130, 2372, 2621, 3114, 3449, 3836, 4329, 4813, 5476, 5995, 6566,
    7169, 7726, 8344, 8679, 9092, 9099, 9509, 9748, 23066
  };

  private static final int SHORTEST = 5;

  private RealLengths() {}

  /** A random length. */
  static int draw(SplittableRandom random) {
    int rest = random.nextInt(Arrays.stream(COUNTS).sum());
    int index = 0;
    while (rest >= COUNTS[index]) {
      rest -= COUNTS[index++];
    }
    return SHORTEST + index;
  }

  static List<List<Integer>> batches(int count, int size) {
    SplittableRandom random = new SplittableRandom(1);
    List<List<Integer>> batches = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<Integer> batch = new ArrayList<>();
      for (int b = 0; b < size; b++) {
        batch.add(draw(random));
      }
      batches.add(batch);
    }
    return batches;
  }
}
