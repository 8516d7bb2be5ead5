package io.dialogbert.finetune.objective;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** How much an example counts by its class. */
public enum ClassWeights {
  /** All the same. */
  NONE {
    @Override
    List<Double> of(int numClasses, Map<Integer, Long> examples) {
      return List.of();
    }
  },
  /**
   * Each class as a whole counts the same: n / (K n_c) for n examples, K classes that occur, and
   * n_c examples of the class, as in scikit-learn. The mean over the examples is 1.
   */
  BALANCED {
    @Override
    List<Double> of(int numClasses, Map<Integer, Long> examples) {
      long all = examples.values().stream().mapToLong(Long::longValue).sum();
      double share = (double) all / examples.size();
      return IntStream.range(0, numClasses)
          // A class that does not occur has no example to weigh.
          .mapToObj(c -> examples.containsKey(c) ? share / examples.get(c) : 0.0)
          .toList();
    }
  };

  /**
   * The weights by class; empty if all are the same.
   *
   * @param examples number of training examples by class, for those that occur
   */
  abstract List<Double> of(int numClasses, Map<Integer, Long> examples);
}
