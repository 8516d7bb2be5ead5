package io.dialogbert.job.stats;

import java.io.Serializable;
import java.util.Arrays;

/**
 * Whether each item was seen with at least a threshold of distinct values. An item that has reached
 * it stores no values any more, so memory stays small for frequent items too.
 */
final class DistinctThreshold implements Serializable {
  private static final long[] ENOUGH = {};

  private final int threshold;

  /** By item: null before the first value, empty once there are enough. */
  private final long[][] numbers;

  /** Requires {@code threshold} distinct values for each item; 0 requires none. */
  DistinctThreshold(int items, int threshold) {
    this.threshold = threshold;
    this.numbers = new long[threshold == 0 ? 0 : items][];
  }

  boolean isReached(int item) {
    return threshold == 0 || (numbers[item] != null && numbers[item].length == 0);
  }

  void add(int item, long number) {
    if (isReached(item)) {
      return;
    }
    long[] before = numbers[item] == null ? new long[0] : numbers[item];
    for (long known : before) {
      if (known == number) {
        return;
      }
    }
    long[] after = Arrays.copyOf(before, before.length + 1);
    after[before.length] = number;
    numbers[item] = after.length == threshold ? ENOUGH : after;
  }

  void addAll(DistinctThreshold other) {
    for (int item = 0; item < numbers.length; item++) {
      if (other.isReached(item)) {
        numbers[item] = ENOUGH;
      } else if (other.numbers[item] != null) {
        for (long number : other.numbers[item]) {
          add(item, number);
        }
      }
    }
  }
}
