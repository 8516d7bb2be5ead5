package io.dialogbert.train;

import io.dialogbert.common.BadConfigException;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;

/** Number of tasks that a cluster runs in parallel. */
final class Slots {
  private static final long POLL_MILLIS = 500;

  private Slots() {}

  /**
   * Waits until the cluster can run all workers at once. Waits as long as Spark itself waits for
   * executors.
   *
   * @throws BadConfigException if it still cannot after that time
   */
  static void require(JavaSparkContext spark, int workers) {
    SparkContext context = spark.sc();
    if (context.getConf().getBoolean("spark.dynamicAllocation.enabled", false)) {
      // Executors are added when tasks wait for them.
      return;
    }
    long wait =
        context.getConf().getTimeAsMs("spark.scheduler.maxRegisteredResourcesWaitingTime", "30s");
    long end = System.nanoTime() + wait * 1_000_000;
    int slots = count(context);
    while (slots < workers && System.nanoTime() < end && !context.isLocal()) {
      try {
        Thread.sleep(POLL_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while waiting for executors", e);
      }
      slots = count(context);
    }
    if (slots < workers) {
      throw new BadConfigException(
          "num-workers = "
              + workers
              + " must be at most the tasks that the cluster runs side by side, which are "
              + slots
              + " (cores or GPUs of all executors, by spark.task.cpus and spark.task.resource)");
    }
  }

  /**
   * Number of cores for each of several parallel tasks: Spark's task cpus on a cluster; in one JVM,
   * an equal share of the machine.
   */
  static int threads(JavaSparkContext spark, int tasks) {
    boolean local = spark.sc().isLocal();
    int cores = Runtime.getRuntime().availableProcessors();
    return local ? Math.max(1, cores / tasks) : spark.sc().conf().getInt("spark.task.cpus", 1);
  }

  /** Number of tasks that the cluster can run in parallel now. */
  private static int count(SparkContext context) {
    return context.maxNumConcurrentTasks(context.resourceProfileManager().defaultResourceProfile());
  }
}
