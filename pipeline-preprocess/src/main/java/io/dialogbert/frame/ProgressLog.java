package io.dialogbert.frame;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.spark.executor.TaskMetrics;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.apache.spark.scheduler.SparkListenerStageCompleted;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import scala.Tuple4;
import scala.collection.JavaConverters;

/**
 * Logs once a minute how far the running stages are: tasks done out of all tasks, and rows read. It
 * needs no thread: Spark notifies it when a task ends, and at each executor heartbeat (every ten
 * seconds) of the rows that running tasks have read.
 */
@SuppressWarnings("deprecation") // Scala 2.12 has no other converters than JavaConverters.
final class ProgressLog extends SparkListener {
  static final Duration INTERVAL = Duration.ofMinutes(1);

  /** Rows that a task has read, from files and from earlier stages. */
  private static final Set<String> ROWS_READ =
      Set.of("internal.metrics.input.recordsRead", "internal.metrics.shuffle.read.recordsRead");

  private final String jobName;
  private final Clock clock;
  private final Consumer<String> log;
  private final Instant started;
  private final Map<Integer, Stage> running = new TreeMap<>();
  private Instant lastLogged;

  /** The state of a stage; rows by task, for both running and finished tasks. */
  private static final class Stage {
    private final int numTasks;
    private final Map<Long, Long> rows = new HashMap<>();
    private int tasksDone;

    Stage(int numTasks) {
      this.numTasks = numTasks;
    }

    void read(long task, long rowsSoFar) {
      // A heartbeat may arrive after the task has ended.
      rows.merge(task, rowsSoFar, Math::max);
    }

    String progress(int id) {
      return String.format(
          Locale.ROOT,
          "stage %d: %,d of %,d tasks done (%d %%), %,d rows read",
          id,
          tasksDone,
          numTasks,
          100L * tasksDone / numTasks,
          rows.values().stream().mapToLong(Long::longValue).sum());
    }
  }

  /**
   * Starts the clock.
   *
   * @param log takes one line at a time
   */
  ProgressLog(String jobName, Clock clock, Consumer<String> log) {
    this.jobName = jobName;
    this.clock = clock;
    this.log = log;
    this.started = clock.instant();
    this.lastLogged = started;
  }

  @Override
  public void onStageSubmitted(SparkListenerStageSubmitted submitted) {
    running.put(submitted.stageInfo().stageId(), new Stage(submitted.stageInfo().numTasks()));
  }

  @Override
  public void onStageCompleted(SparkListenerStageCompleted completed) {
    running.remove(completed.stageInfo().stageId());
  }

  @Override
  public void onTaskEnd(SparkListenerTaskEnd end) {
    Stage stage = running.get(end.stageId());
    if (stage != null) {
      long task = end.taskInfo().taskId();
      if (end.taskInfo().successful()) {
        stage.tasksDone++;
        stage.read(task, rowsRead(end.taskMetrics()));
      } else {
        stage.rows.remove(task);
      }
    }
    logIfDue();
  }

  private static long rowsRead(TaskMetrics metrics) {
    return metrics.inputMetrics().recordsRead() + metrics.shuffleReadMetrics().recordsRead();
  }

  @Override
  public void onExecutorMetricsUpdate(SparkListenerExecutorMetricsUpdate heartbeat) {
    for (Tuple4<Object, Object, Object, ? extends scala.collection.Seq<AccumulableInfo>> task :
        JavaConverters.seqAsJavaList(heartbeat.accumUpdates())) {
      Stage stage = running.get((Integer) task._2());
      if (stage != null) {
        stage.read((Long) task._1(), rowsRead(task._4()));
      }
    }
    logIfDue();
  }

  private static long rowsRead(scala.collection.Seq<AccumulableInfo> metrics) {
    return JavaConverters.seqAsJavaList(metrics).stream()
        .filter(metric -> metric.name().exists(ROWS_READ::contains) && metric.update().isDefined())
        .mapToLong(metric -> (Long) metric.update().get())
        .sum();
  }

  private void logIfDue() {
    Instant now = clock.instant();
    if (running.isEmpty() || Duration.between(lastLogged, now).compareTo(INTERVAL) < 0) {
      return;
    }
    lastLogged = now;
    log.accept(
        jobName
            + ", after "
            + Duration.between(started, now).toMinutes()
            + " min: "
            + running.entrySet().stream()
                .map(stage -> stage.getValue().progress(stage.getKey()))
                .collect(Collectors.joining("; ")));
  }
}
