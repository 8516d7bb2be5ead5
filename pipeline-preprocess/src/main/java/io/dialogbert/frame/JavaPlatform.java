package io.dialogbert.frame;

import java.util.Optional;
import org.apache.commons.lang3.exception.ExceptionUtils;

/** Java virtual machines that Spark cannot run in. */
final class JavaPlatform {
  private JavaPlatform() {}

  /** What to do if the virtual machine caused an error. */
  static Optional<String> explain(Throwable thrown) {
    return ExceptionUtils.getThrowableList(thrown).stream()
        .map(e -> String.valueOf(e.getMessage()))
        .flatMap(message -> explain(message).stream())
        .findFirst();
  }

  private static Optional<String> explain(String message) {
    if (message.equals("getSubject is not supported")) {
      // Hadoop before 3.4.2 asks so for the user's name; Java 24 and later do not answer.
      return Optional.of(
          "this is Java "
              + Runtime.version().feature()
              + ", which is too new for Spark "
              + SparkBuild.running().line()
              + "; set JAVA_HOME to a JDK 17");
    } else if (message.contains("module java.base does not")) {
      return Optional.of(
          "Spark needs module options of Java that this process was started without ("
              + message.lines().findFirst().orElse("")
              + "); the driver of a standalone cluster gets them by deploy/spark/standalone-cluster,"
              + " or from spark-submit --driver-java-options with those of conf/jvm.options");
    }
    return Optional.empty();
  }
}
