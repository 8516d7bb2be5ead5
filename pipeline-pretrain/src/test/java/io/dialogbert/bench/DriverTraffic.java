package io.dialogbert.bench;

import java.util.concurrent.atomic.AtomicLong;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerBlockUpdated;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.storage.BlockUpdatedInfo;
import org.apache.spark.storage.BroadcastBlockId;

/** Bytes that Spark itself moves between a driver and its executors. */
final class DriverTraffic extends SparkListener {
  private final AtomicLong results = new AtomicLong();
  private final AtomicLong broadcast = new AtomicLong();
  private final AtomicLong fetched = new AtomicLong();

  @Override
  public void onTaskEnd(SparkListenerTaskEnd end) {
    if (end.taskMetrics() != null) {
      results.addAndGet(end.taskMetrics().resultSize());
    }
  }

  @Override
  public void onBlockUpdated(SparkListenerBlockUpdated update) {
    BlockUpdatedInfo block = update.blockUpdatedInfo();
    if (block.storageLevel().isValid()
        && block.blockId() instanceof BroadcastBlockId id
        && id.field().startsWith("piece")) {
      AtomicLong bytes = block.blockManagerId().isDriver() ? broadcast : fetched;
      bytes.addAndGet(block.memSize() + block.diskSize());
    }
  }

  /**
   * Bytes that pass through the driver: task results and broadcasts. Each broadcast counts once, as
   * if executors passed it on to each other.
   */
  long throughDriver() {
    return results.get() + broadcast.get();
  }

  /** Bytes of task results, and of the broadcast pieces that executors fetched. */
  long total() {
    return results.get() + fetched.get();
  }
}
