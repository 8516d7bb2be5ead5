package io.dialogbert.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Lengths of examples as the pipeline makes them of real dialogues. */
final class RealLengths {
  private RealLengths() {}

  static List<List<Integer>> batches(int count, int size) {
    SplittableRandom random = new SplittableRandom(1);
    List<List<Integer>> batches = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      batches.add(random.ints(size, 20, 49).boxed().toList());
    }
    return batches;
  }
}
