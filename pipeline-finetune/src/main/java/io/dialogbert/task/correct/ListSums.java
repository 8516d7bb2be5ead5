package io.dialogbert.task.correct;

import java.util.List;

/** Sums over rows in memory. */
public record ListSums(List<LabelEvidence> rows) implements ExactSums {
  @Override
  public long[] of(int length, Adder adder) {
    long[] sums = new long[length];
    rows.forEach(row -> adder.add(row, sums));
    return sums;
  }
}
