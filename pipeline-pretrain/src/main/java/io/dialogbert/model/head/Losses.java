package io.dialogbert.model.head;

import java.io.Serializable;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Means of losses and hits by name, kept as sums: those of several batches can be added.
 *
 * @param sums by name, such as {@code mlm_loss} and {@code mlm_accuracy}
 * @param sequences number of sequences
 */
public record Losses(SortedMap<String, Sum> sums, long sequences) implements Serializable {
  /** Losses of no sequences, to start a sum from. */
  public static final Losses ZERO = of(0);

  /** A sum over {@code count} terms. */
  public record Sum(double sum, long count) implements Serializable {
    private Sum plus(Sum other) {
      return new Sum(sum + other.sum, count + other.count);
    }

    private double mean() {
      return count == 0 ? 0 : sum / count;
    }
  }

  public Losses {
    sums = Collections.unmodifiableSortedMap(new TreeMap<>(sums));
  }

  /** Losses of a number of sequences, with no sum yet. */
  public static Losses of(long sequences) {
    return new Losses(new TreeMap<>(), sequences);
  }

  /** With a further sum of {@code count} terms. */
  public Losses with(String name, double sum, long count) {
    SortedMap<String, Sum> all = new TreeMap<>(sums);
    all.merge(name, new Sum(sum, count), Sum::plus);
    return new Losses(all, sequences);
  }

  /** Adds those of other sequences. */
  public Losses plus(Losses other) {
    SortedMap<String, Sum> all = new TreeMap<>(sums);
    other.sums.forEach((name, sum) -> all.merge(name, sum, Sum::plus));
    return new Losses(all, sequences + other.sequences);
  }

  /** Whether there is a sum under a name. */
  public boolean has(String name) {
    return count(name) > 0;
  }

  /** The mean under a name; 0 if it has no term. */
  public double mean(String name) {
    return sums.getOrDefault(name, new Sum(0, 0)).mean();
  }

  /** Number of terms under a name. */
  public long count(String name) {
    return sums.getOrDefault(name, new Sum(0, 0)).count();
  }

  /** The means of losses, by names that end in {@code loss}. */
  public Map<String, Double> losses() {
    Map<String, Double> losses = means();
    losses.keySet().removeIf(name -> !name.endsWith("loss"));
    return losses;
  }

  /** All means that have a term. */
  public Map<String, Double> means() {
    Map<String, Double> means = new TreeMap<>();
    sums.forEach(
        (name, sum) -> {
          if (sum.count() > 0) {
            means.put(name, sum.mean());
          }
        });
    return means;
  }
}
