package io.dialogbert.train;

import io.dialogbert.common.BadConfigException;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;

/** Tasks that a cluster runs side by side. */
final class Slots {
  private static final long POLL_MILLIS = 500;

  private Slots() {}

  /**
   * Waits until the cluster has room for all workers at once, as long as Spark itself waits for
   * executors.
   *
   * @throws BadConfigException if it has not by then
   */
  static void require(JavaSparkContext spark, int workers) {
    SparkContext context = spark.sc();
    if (context.getConf().getBoolean("spark.dynamicAllocation.enabled", false)) {
      // Executors come when tasks wait for them.
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
   * Cores for each of some tasks that run side by side: Spark's task cpus on a cluster; in one JVM,
   * an equal share of the machine.
   */
  static int threads(JavaSparkContext spark, int tasks) {
    boolean local = spark.sc().isLocal();
    int cores = Runtime.getRuntime().availableProcessors();
    return local ? Math.max(1, cores / tasks) : spark.sc().conf().getInt("spark.task.cpus", 1);
  }

  /** Tasks that the cluster runs side by side at this moment. */
  private static int count(SparkContext context) {
    return context.maxNumConcurrentTasks(context.resourceProfileManager().defaultResourceProfile());
  }
}
