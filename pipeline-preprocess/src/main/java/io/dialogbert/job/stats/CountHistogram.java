package io.dialogbert.job.stats;

import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * How many things occur how often. Small however many things there are (n occurrences have at most
 * about √(2n) different counts), and enough to tell what the most frequent things make up.
 */
final class CountHistogram {
  private final NavigableMap<Long, Long> thingsByCount = new TreeMap<>();

  /** Notes that so many more things occur so often. */
  void add(long count, long things) {
    thingsByCount.merge(count, things, Long::sum);
  }

  /** The number of different things. */
  long things() {
    return thingsByCount.values().stream().mapToLong(Long::longValue).sum();
  }

  /** A share of the things: one in so many, rounded up. */
  long oneIn(int divisor) {
    return (things() + divisor - 1) / divisor;
  }

  /** The number of occurrences of all things. */
  long occurrences() {
    return occurrencesOfMostFrequent(things());
  }

  /** The number of occurrences of the most frequent things. */
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
