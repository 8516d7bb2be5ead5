package io.dialogbert.job.table;

import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.TaskSchedulerImpl;

/** The number of times that Spark attempts a task. */
public final class Attempts {
  private Attempts() {}

  /** The number of failures of one task after which Spark gives up. */
  public static int max(JavaSparkContext spark) {
    return ((TaskSchedulerImpl) spark.sc().taskScheduler()).maxTaskFailures();
  }

  /**
   * Fails the task, since the next attempt may succeed where a disk or network failed. On the last
   * attempt, and outside of tasks, it returns normally.
   *
   * @param problem must not contain names or texts
   */
  public static void failUnlessLast(String problem, int maxAttempts) {
    TaskContext task = TaskContext.get();
    if (task != null && (task.isInterrupted() || task.attemptNumber() + 1 < maxAttempts)) {
      throw new IllegalStateException(problem + " (attempt " + task.attemptNumber() + ")");
    }
  }
}
