package io.dialogbert.preprocess;

import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.apache.spark.util.AccumulatorV2;

/**
 * Collects one value of each partition on the driver. A partition that Spark computes again has the
 * same value, which replaces that from before: so each counts once, as plain sums of an accumulator
 * would not.
 */
final class PartitionAccumulator<V> extends AccumulatorV2<Map.Entry<Integer, V>, Map<Integer, V>> {
  /** An executor's heartbeat copies it while a task adds. */
  private final Map<Integer, V> byPartition = new ConcurrentSkipListMap<>();

  @Override
  public boolean isZero() {
    return byPartition.isEmpty();
  }

  @Override
  public PartitionAccumulator<V> copy() {
    PartitionAccumulator<V> copy = new PartitionAccumulator<>();
    copy.byPartition.putAll(byPartition);
    return copy;
  }

  @Override
  public void reset() {
    byPartition.clear();
  }

  @Override
  public void add(Map.Entry<Integer, V> partition) {
    byPartition.put(partition.getKey(), partition.getValue());
  }

  @Override
  public void merge(AccumulatorV2<Map.Entry<Integer, V>, Map<Integer, V>> other) {
    byPartition.putAll(other.value());
  }

  @Override
  public Map<Integer, V> value() {
    return byPartition;
  }
}
