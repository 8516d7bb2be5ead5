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
  private final NavigableMap<Long, Long> itemsByCount = new TreeMap<>();

  /** Adds a number of items that each occur {@code count} times. */
  void add(long count, long items) {
    itemsByCount.merge(count, items, Long::sum);
  }

  /** The number of distinct items. */
  long items() {
    return itemsByCount.values().stream().mapToLong(Long::longValue).sum();
  }

  /** One in {@code divisor} of the distinct items, rounded up. */
  long oneIn(int divisor) {
    return (items() + divisor - 1) / divisor;
  }

  /** The number of occurrences of all items. */
  long occurrences() {
    return occurrencesOfMostFrequent(items());
  }

  /** The number of occurrences of the given number of most frequent items. */
  long occurrencesOfMostFrequent(long items) {
    long left = items;
    long occurrences = 0;
    for (Map.Entry<Long, Long> entry : itemsByCount.descendingMap().entrySet()) {
      long taken = Math.min(left, entry.getValue());
      occurrences += taken * entry.getKey();
      left -= taken;
    }
    return occurrences;
  }
}
