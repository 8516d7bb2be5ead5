package io.dialogbert.job;

import org.apache.spark.sql.SparkSession;
import scala.Option;

/**
 * The Spark session that all tests of a JVM share. A job stops any session it finds or starts. So
 * {@link JobRun} stops this one first, and the next {@link #get} starts a new one.
 */
public final class SparkTestSession {
  private SparkTestSession() {}

  /** The running session, or a new one: two threads, no web page, times in UTC. */
  public static synchronized SparkSession get() {
    return SparkSession.builder()
        .master("local[2]")
        .appName("tests")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.datetime.java8API.enabled", "true")
        .getOrCreate();
  }

  /** Stops the session, if there is one. */
  public static synchronized void stop() {
    Option<SparkSession> session = SparkSession.getDefaultSession();
    if (session.isDefined()) {
      session.get().stop();
    }
  }
}
