package io.dialogbert.job.stats;

import java.io.Serializable;
import java.util.Arrays;

/**
 * For each of a number of items, whether at least a given number of distinct values was seen with
 * it. An item that has enough stores no values any more, so memory stays small for frequent items
 * too.
 */
final class LeastDistinct implements Serializable {
  private static final long[] ENOUGH = {};

  private final int least;

  /** By item: null before the first value, empty once there are enough. */
  private final long[][] numbers;

  /** Requires {@code least} distinct values for each item; 0 requires none. */
  LeastDistinct(int things, int least) {
    this.least = least;
    this.numbers = new long[least == 0 ? 0 : things][];
  }

  boolean isEnough(int thing) {
    return least == 0 || (numbers[thing] != null && numbers[thing].length == 0);
  }

  void add(int thing, long number) {
    if (isEnough(thing)) {
      return;
    }
    long[] before = numbers[thing] == null ? new long[0] : numbers[thing];
    for (long known : before) {
      if (known == number) {
        return;
      }
    }
    long[] after = Arrays.copyOf(before, before.length + 1);
    after[before.length] = number;
    numbers[thing] = after.length == least ? ENOUGH : after;
  }

  void addAll(LeastDistinct other) {
    for (int thing = 0; thing < numbers.length; thing++) {
      if (other.isEnough(thing)) {
        numbers[thing] = ENOUGH;
      } else if (other.numbers[thing] != null) {
        for (long number : other.numbers[thing]) {
          add(thing, number);
        }
      }
    }
  }
}
