package io.dialogbert.job;

import java.util.concurrent.atomic.AtomicLong;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerApplicationStart;
import org.apache.spark.scheduler.SparkListenerTaskEnd;

/** Listens to the jobs of this JVM; registered in {@code spark.extraListeners}. */
public final class ApplicationListener extends SparkListener {
  static final AtomicLong ROWS_READ = new AtomicLong();
  static volatile String name = "";

  @Override
  public void onApplicationStart(SparkListenerApplicationStart start) {
    name = start.appName();
    ROWS_READ.set(0);
  }

  @Override
  public void onTaskEnd(SparkListenerTaskEnd end) {
    ROWS_READ.addAndGet(end.taskMetrics().inputMetrics().recordsRead());
  }
}
