package io.dialogbert.job.table;

import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.TaskSchedulerImpl;

/** How often Spark tries a task. */
public final class Attempts {
  private Attempts() {}

  /** After so many failures of one task Spark gives up. */
  public static int max(JavaSparkContext spark) {
    return ((TaskSchedulerImpl) spark.sc().taskScheduler()).maxTaskFailures();
  }

  /**
   * Fails the task, since a disk or a network may do better at the next attempt. Returns at the
   * last one, and outside of tasks.
   *
   * @param problem without names and texts
   */
  public static void fail(String problem, int maxAttempts) {
    TaskContext task = TaskContext.get();
    if (task != null && (task.isInterrupted() || task.attemptNumber() + 1 < maxAttempts)) {
      throw new IllegalStateException(problem + " (attempt " + task.attemptNumber() + ")");
    }
  }
}
