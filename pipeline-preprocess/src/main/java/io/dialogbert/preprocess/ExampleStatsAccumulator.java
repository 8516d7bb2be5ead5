package io.dialogbert.preprocess;

import io.dialogbert.example.ExampleStats;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.apache.spark.util.AccumulatorV2;

/**
 * Collects the stats of partitions on the driver. A partition that Spark computes again has the
 * same stats, which replace those from before: so each counts once, as plain sums of an accumulator
 * would not.
 */
final class ExampleStatsAccumulator
    extends AccumulatorV2<Map.Entry<Integer, ExampleStats>, Map<Integer, ExampleStats>> {
  /** An executor's heartbeat copies it while a task adds. */
  private final Map<Integer, ExampleStats> byPartition = new ConcurrentSkipListMap<>();

  @Override
  public boolean isZero() {
    return byPartition.isEmpty();
  }

  @Override
  public ExampleStatsAccumulator copy() {
    ExampleStatsAccumulator copy = new ExampleStatsAccumulator();
    copy.byPartition.putAll(byPartition);
    return copy;
  }

  @Override
  public void reset() {
    byPartition.clear();
  }

  @Override
  public void add(Map.Entry<Integer, ExampleStats> partition) {
    byPartition.put(partition.getKey(), partition.getValue());
  }

  @Override
  public void merge(
      AccumulatorV2<Map.Entry<Integer, ExampleStats>, Map<Integer, ExampleStats>> other) {
    byPartition.putAll(other.value());
  }

  @Override
  public Map<Integer, ExampleStats> value() {
    return byPartition;
  }
}
