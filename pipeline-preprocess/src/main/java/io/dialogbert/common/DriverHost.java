package io.dialogbert.common;

import java.net.UnknownHostException;
import org.apache.commons.lang3.exception.ExceptionUtils;

/** Under which name executors find the driver. */
final class DriverHost {
  static final String SETTING = "spark.driver.host";

  /**
   * Where both are one process: whatever the machine is called, and not to be reached by any other.
   */
  static final String LOCAL = "127.0.0.1";

  private DriverHost() {}

  /** Why Spark does not start, and what to set where the machine's name is the reason. */
  static String explain(Exception e) {
    String message = String.valueOf(e.getMessage());
    boolean name =
        message.contains("Invalid Spark URL")
            || ExceptionUtils.indexOfType(e, UnknownHostException.class) >= 0;
    return "Spark does not start: "
        + message
        + (name
            ? "; this machine's name does not do as a host name, which has letters, digits, hyphens"
                + " and dots alone and must resolve: set "
                + SETTING
                + " or the environment variable SPARK_LOCAL_HOSTNAME to an address of it that"
                + " executors reach"
            : "");
  }
}
