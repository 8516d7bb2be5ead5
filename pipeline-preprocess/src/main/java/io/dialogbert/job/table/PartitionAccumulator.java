package io.dialogbert.job.table;

import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.apache.spark.util.AccumulatorV2;

/**
 * Collects one result per partition on the driver. If Spark recomputes a partition, its result is
 * the same and replaces the earlier one. So each partition counts once, unlike in a plain sum
 * accumulator.
 *
 * @param <T> the result of a partition
 */
public final class PartitionAccumulator<T>
    extends AccumulatorV2<Map.Entry<Integer, T>, Map<Integer, T>> {
  /** Concurrent, since an executor's heartbeat copies it while a task adds to it. */
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
