package io.dialogbert.job.stats;

import java.io.Serializable;
import java.util.Arrays;

/**
 * For each of a number of things, whether at least so many different numbers came with it. What has
 * enough holds no numbers any more, so that it is small for frequent things, too.
 */
final class LeastDistinct implements Serializable {
  private static final long[] ENOUGH = {};

  private final int least;

  /** Null before the first number, empty once there are enough. */
  private final long[][] numbers;

  /** So many different numbers are enough for each of the things; 0: none is needed. */
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
