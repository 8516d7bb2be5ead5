package io.dialogbert.frame;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.apache.spark.Success$;
import org.apache.spark.TaskEndReason;
import org.apache.spark.TaskResultLost$;
import org.apache.spark.executor.ExecutorMetrics;
import org.apache.spark.executor.TaskMetrics;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.apache.spark.scheduler.SparkListenerStageCompleted;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.StageInfo;
import org.apache.spark.scheduler.TaskInfo;
import org.apache.spark.scheduler.TaskLocality;
import org.junit.jupiter.api.Test;
import scala.Option;
import scala.Tuple2;
import scala.Tuple4;
import scala.collection.JavaConverters;

/** Events as Spark sends them, at times set by the test. */
@SuppressWarnings("deprecation") // Scala 2.12 has no other converters than JavaConverters.
class ProgressLogTest {
  private final List<String> lines = new ArrayList<>();
  private final Hands clock = new Hands();
  private final ProgressLog log = new ProgressLog("make-things", clock, lines::add);

  /** A clock that moves only when the test moves it. */
  private static final class Hands extends Clock {
    private Instant now = Instant.EPOCH;

    void putOn(Duration duration) {
      now = now.plus(duration);
    }

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      throw new UnsupportedOperationException();
    }
  }

  @Test
  void runsShorterThanTheIntervalSayNothing() {
    start(0, 2);
    clock.putOn(ProgressLog.INTERVAL.minusMillis(1));
    end(0, 1, 10);
    end(0, 2, 10);
    complete(0);
    assertThat(lines).isEmpty();
  }

  @Test
  void logsDoneTasksAndReadRowsOncePerInterval() {
    start(3, 400);
    for (int task = 0; task < 100; task++) {
      end(3, task, 1_000);
    }
    clock.putOn(ProgressLog.INTERVAL);
    end(3, 100, 1_000);
    end(3, 101, 1_000);
    assertThat(lines)
        .containsExactly(
            "make-things, after 1 min: stage 3: 101 of 400 tasks done (25 %), 101,000 rows read");
    clock.putOn(ProgressLog.INTERVAL.multipliedBy(2));
    end(3, 102, 1_000);
    assertThat(lines)
        .hasSize(2)
        .last()
        .isEqualTo(
            "make-things, after 3 min: stage 3: 103 of 400 tasks done (25 %), 103,000 rows read");
  }

  @Test
  void heartbeatsTellOfTasksThatTakeLong() {
    start(0, 2);
    end(0, 1, 500);
    clock.putOn(ProgressLog.INTERVAL);
    heartbeat(0, 2, 70);
    assertThat(lines)
        .containsExactly(
            "make-things, after 1 min: stage 0: 1 of 2 tasks done (50 %), 570 rows read");
    clock.putOn(ProgressLog.INTERVAL);
    heartbeat(0, 2, 90);
    assertThat(lines).last().asString().endsWith("590 rows read");
  }

  @Test
  void rowsOfATaskAreCountedOnce() {
    start(0, 3);
    heartbeat(0, 1, 70);
    end(0, 1, 100);
    // Reported after the end.
    heartbeat(0, 1, 90);
    heartbeat(0, 2, 40);
    fail(0, 2);
    clock.putOn(ProgressLog.INTERVAL);
    heartbeat(0, 3, 1);
    assertThat(lines)
        .containsExactly(
            "make-things, after 1 min: stage 0: 1 of 3 tasks done (33 %), 101 rows read");
  }

  @Test
  void stagesSideBySideShareALineAndThoseThatEndedAreLeftOut() {
    start(1, 1);
    start(2, 4);
    start(3, 2);
    end(1, 1, 5);
    complete(1);
    clock.putOn(ProgressLog.INTERVAL);
    end(3, 2, 7);
    assertThat(lines)
        .containsExactly(
            "make-things, after 1 min: stage 2: 0 of 4 tasks done (0 %), 0 rows read;"
                + " stage 3: 1 of 2 tasks done (50 %), 7 rows read");
  }

  @Test
  void betweenStagesNothingIsSaid() {
    start(0, 1);
    complete(0);
    clock.putOn(ProgressLog.INTERVAL);
    heartbeat(0, 1, 5);
    assertThat(lines).isEmpty();
  }

  private void start(int stage, int tasks) {
    log.onStageSubmitted(new SparkListenerStageSubmitted(info(stage, tasks), new Properties()));
  }

  private void complete(int stage) {
    log.onStageCompleted(new SparkListenerStageCompleted(info(stage, 1)));
  }

  private static StageInfo info(int stage, int tasks) {
    return new StageInfo(
        stage,
        0,
        "stage",
        tasks,
        list(List.of()),
        list(List.of()),
        "",
        new TaskMetrics(),
        list(List.of()),
        Option.empty(),
        0,
        false,
        0);
  }

  private void end(int stage, long task, long rows) {
    TaskMetrics metrics = new TaskMetrics();
    // Half from files, the rest from an earlier stage.
    metrics.inputMetrics().incRecordsRead(rows / 2);
    metrics.shuffleReadMetrics().incRecordsRead(rows - rows / 2);
    end(stage, task, true, Success$.MODULE$, metrics);
  }

  private void fail(int stage, long task) {
    end(stage, task, false, TaskResultLost$.MODULE$, null);
  }

  private void end(
      int stage, long task, boolean successful, TaskEndReason reason, TaskMetrics metrics) {
    TaskInfo info = new TaskInfo(task, 0, 0, 0, 0, "1", "host", TaskLocality.ANY(), false);
    info.markFinished(
        successful ? org.apache.spark.TaskState.FINISHED() : org.apache.spark.TaskState.FAILED(),
        1);
    log.onTaskEnd(
        new SparkListenerTaskEnd(
            stage, 0, "ResultTask", reason, info, new ExecutorMetrics(), metrics));
  }

  private void heartbeat(int stage, long task, long rows) {
    AccumulableInfo read = metric("internal.metrics.input.recordsRead", rows);
    AccumulableInfo other = metric("internal.metrics.input.bytesRead", 1_000_000);
    log.onExecutorMetricsUpdate(
        new SparkListenerExecutorMetricsUpdate(
            "1",
            list(List.of(new Tuple4<>(task, stage, 0, list(List.of(read, other))))),
            new scala.collection.mutable.HashMap<Tuple2<Object, Object>, ExecutorMetrics>()));
  }

  /** A sequence of the kind that Spark asks for, which depends on Scala's version. */
  private static <T> scala.collection.immutable.List<T> list(List<T> elements) {
    return JavaConverters.asScalaBuffer(elements).toList();
  }

  private static AccumulableInfo metric(String name, long value) {
    return new AccumulableInfo(
        1, Option.apply(name), Option.apply(value), Option.empty(), true, true, Option.empty());
  }
}
