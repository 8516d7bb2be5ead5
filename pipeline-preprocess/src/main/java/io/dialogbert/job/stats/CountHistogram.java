package io.dialogbert.job.stats;

import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * For each count, the number of distinct items that occur that often. Small for any number of items
 * (n occurrences have at most about √(2n) different counts), yet enough to compute the share that
 * the most frequent items cover.
 */
final class CountHistogram {
  private final NavigableMap<Long, Long> thingsByCount = new TreeMap<>();

  /** Adds a number of items that each occur {@code count} times. */
  void add(long count, long things) {
    thingsByCount.merge(count, things, Long::sum);
  }

  /** The number of distinct items. */
  long things() {
    return thingsByCount.values().stream().mapToLong(Long::longValue).sum();
  }

  /** One in {@code divisor} of the distinct items, rounded up. */
  long oneIn(int divisor) {
    return (things() + divisor - 1) / divisor;
  }

  /** The number of occurrences of all items. */
  long occurrences() {
    return occurrencesOfMostFrequent(things());
  }

  /** The number of occurrences of the given number of most frequent items. */
  long occurrencesOfMostFrequent(long things) {
    long left = things;
    long occurrences = 0;
    for (Map.Entry<Long, Long> entry : thingsByCount.descendingMap().entrySet()) {
      long taken = Math.min(left, entry.getValue());
      occurrences += taken * entry.getKey();
      left -= taken;
    }
    return occurrences;
  }
}
