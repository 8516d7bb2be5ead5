package io.dialogbert.frame;

import java.net.UnknownHostException;
import org.apache.commons.lang3.exception.ExceptionUtils;

/** The host name under which executors reach the driver. */
final class DriverHost {
  static final String SETTING = "spark.driver.host";

  /**
   * For local mode, where both are one process: independent of the machine's name, and unreachable
   * from other machines.
   */
  static final String LOCAL = "127.0.0.1";

  private DriverHost() {}

  /** Why Spark does not start, and what to set if the machine's name is the cause. */
  static String explain(Throwable thrown) {
    boolean unknown = ExceptionUtils.indexOfType(thrown, UnknownHostException.class) >= 0;
    Throwable root = unknown ? ExceptionUtils.getRootCause(thrown) : thrown;
    // Hadoop's message may contain a stack trace.
    String message =
        "Spark does not start: " + String.valueOf(root.getMessage()).split("\n\tat ")[0];
    return unknown || message.contains("Invalid Spark URL")
        ? message
            + "; the reason is this machine's name: Spark needs one of letters, digits, hyphens and"
            + " dots alone that resolves; set the environment variable SPARK_LOCAL_HOSTNAME to"
            + " another or to an address, one that executors reach"
        : message;
  }
}
