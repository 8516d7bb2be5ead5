package io.dialogbert.job.table;

import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.apache.spark.util.AccumulatorV2;

/**
 * Collects one result of each partition on the driver. A partition that Spark computes again has
 * the same result, which replaces the one from before: so each counts once, as plain sums of an
 * accumulator would not.
 *
 * @param <T> the result of a partition
 */
public final class PartitionAccumulator<T>
    extends AccumulatorV2<Map.Entry<Integer, T>, Map<Integer, T>> {
  /** An executor's heartbeat copies it while a task adds. */
  private final Map<Integer, T> byPartition = new ConcurrentSkipListMap<>();

  @Override
  public boolean isZero() {
    return byPartition.isEmpty();
  }

  @Override
  public PartitionAccumulator<T> copy() {
    PartitionAccumulator<T> copy = new PartitionAccumulator<>();
    copy.byPartition.putAll(byPartition);
    return copy;
  }

  @Override
  public void reset() {
    byPartition.clear();
  }

  @Override
  public void add(Map.Entry<Integer, T> partition) {
    byPartition.put(partition.getKey(), partition.getValue());
  }

  @Override
  public void merge(AccumulatorV2<Map.Entry<Integer, T>, Map<Integer, T>> other) {
    byPartition.putAll(other.value());
  }

  @Override
  public Map<Integer, T> value() {
    return byPartition;
  }
}
