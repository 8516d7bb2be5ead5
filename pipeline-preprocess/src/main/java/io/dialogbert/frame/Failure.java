package io.dialogbert.frame;

import io.dialogbert.common.BadConfigException;
import io.dialogbert.common.BadInputException;
import io.dialogbert.common.JobFailedException;
import io.dialogbert.common.LocalFiles;
import io.dialogbert.common.StoppedException;
import java.io.IOException;
import java.io.PrintStream;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.nio.file.InvalidPathException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.commons.lang3.exception.ExceptionUtils;
import org.apache.hadoop.security.AccessControlException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a job failed: an exit code and a sentence. The exception is logged at DEBUG. A stack trace,
 * of the root cause only, is printed only if the sentence names no cause that the user can fix.
 *
 * @param exitCode as {@link JobMain} lists them
 * @param sentence begins with the kind of failure
 * @param unexpected whether it calls for a bug report
 * @param thrown what was caught
 */
record Failure(int exitCode, String sentence, boolean unexpected, Throwable thrown) {
  private static final Logger LOG = LoggerFactory.getLogger(Failure.class);

  /** What begins the stack traces that Spark puts into a message: a task's, then the driver's. */
  private static final List<String> TRACES = List.of("\n\tat ", "\n\nDriver stacktrace:");

  /** How Spark says that its context ended while there was still work for it. */
  private static final List<String> SPARK_STOPPED =
      List.of(
          "SparkContext was shut down",
          "SparkContext has been shutdown",
          "methods on a stopped SparkContext");

  /** Classifies what a job, Spark or Hadoop threw, by a cause at any depth. */
  static Failure of(Throwable thrown) {
    return expected(thrown)
        .orElseGet(
            () -> new Failure(JobMain.FAILED, "failed: " + first(root(thrown)), true, thrown));
  }

  private static Optional<Failure> expected(Throwable thrown) {
    return Stream.<Function<Throwable, Optional<Failure>>>of(
            Failure::javaPlatform,
            e -> by(e, BadConfigException.class, JobMain.BAD_CONFIG, "bad configuration: "),
            e -> by(e, BadInputException.class, JobMain.BAD_INPUT, "bad input: "),
            e -> by(e, StoppedException.class, JobMain.STOPPED, ""),
            e -> by(e, JobFailedException.class, JobMain.FAILED, "failed: "),
            Failure::denied,
            Failure::diskFull,
            Failure::nativeLibrary,
            Failure::fileName,
            Failure::outOfMemory,
            Failure::unreachable,
            Failure::sparkStopped)
        .map(kind -> kind.apply(thrown))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private static Optional<Failure> by(
      Throwable thrown, Class<? extends Throwable> type, int exitCode, String kind) {
    return find(thrown, type)
        .map(found -> new Failure(exitCode, kind + found.getMessage(), false, thrown));
  }

  private static Optional<Failure> javaPlatform(Throwable thrown) {
    return JavaPlatform.explain(thrown)
        .map(
            words -> new Failure(JobMain.BAD_CONFIG, "bad configuration: " + words, false, thrown));
  }

  private static Optional<Failure> denied(Throwable thrown) {
    return ExceptionUtils.getThrowableList(thrown).stream()
        .filter(
            e ->
                e instanceof AccessDeniedException
                    || e instanceof AccessControlException
                    || (e instanceof IOException io
                        && LocalFiles.reason(io).equals(LocalFiles.PERMISSION_DENIED)))
        .findFirst()
        .map(
            e ->
                new Failure(
                    JobMain.BAD_INPUT,
                    "bad input: no permission: " + e.getMessage(),
                    false,
                    thrown));
  }

  private static Optional<Failure> diskFull(Throwable thrown) {
    return Optional.of(thrown)
        .filter(DiskFullException::isReportedBy)
        .map(
            e ->
                new Failure(
                    JobMain.FAILED,
                    "failed: no space left on a disk: "
                        + first(root(e))
                        + "; free some, and run again",
                    false,
                    thrown));
  }

  private static Optional<Failure> nativeLibrary(Throwable thrown) {
    return NativeLibraries.explain(thrown)
        .map(words -> new Failure(JobMain.FAILED, "failed: " + words, false, thrown));
  }

  /** Java cannot encode a file name in this locale. The exception's message would show the name. */
  private static Optional<Failure> fileName(Throwable thrown) {
    return find(thrown, InvalidPathException.class)
        .map(
            e ->
                new Failure(
                    JobMain.BAD_CONFIG,
                    "bad configuration: Java cannot open a file or directory whose name is not in"
                        + " the character set of this process's locale, "
                        + LocalFiles.nameEncoding()
                        + "; set LC_ALL in the environment to a locale that is installed, such as"
                        + " C.UTF-8",
                    false,
                    thrown));
  }

  /** Out of memory in the driver or in a task; a task's error may arrive as text. */
  private static Optional<Failure> outOfMemory(Throwable thrown) {
    return ExceptionUtils.getThrowableList(thrown).stream()
        .filter(e -> first(e).contains("java.lang.OutOfMemoryError"))
        .reduce((outer, inner) -> inner)
        .map(
            e ->
                new Failure(
                    JobMain.FAILED,
                    "failed: not enough memory: "
                        + first(e)
                        + "; give more, by DIALOGBERT_HEAP for bin/dialogbert, by --driver-memory and"
                        + " --executor-memory for spark-submit",
                    false,
                    thrown));
  }

  private static Optional<Failure> unreachable(Throwable thrown) {
    return ExceptionUtils.getThrowableList(thrown).stream()
        .filter(
            e ->
                e instanceof UnknownHostException
                    || e instanceof SocketException
                    || e instanceof SocketTimeoutException)
        .findFirst()
        .map(
            e ->
                new Failure(
                    JobMain.FAILED,
                    "failed: another machine cannot be reached: " + first(e),
                    false,
                    thrown));
  }

  /** Spark stopped early. The exception that the job sees does not give the reason. */
  private static Optional<Failure> sparkStopped(Throwable thrown) {
    return ExceptionUtils.getThrowableList(thrown).stream()
        .filter(e -> SPARK_STOPPED.stream().anyMatch(first(e)::contains))
        .findFirst()
        .map(
            e ->
                new Failure(
                    JobMain.FAILED,
                    "failed: Spark stopped before the job was done, by a signal or for the reason"
                        + " in the log above; run again",
                    false,
                    thrown));
  }

  static <E extends Throwable> Optional<E> find(Throwable thrown, Class<E> type) {
    return Optional.ofNullable(ExceptionUtils.throwableOfType(thrown, type));
  }

  /** Prints the sentence last, where it is seen. */
  void print(String job, PrintStream err) {
    if (!unexpected) {
      LOG.debug("what led to the end of {}", job, thrown);
      err.println(job + ": " + sentence);
      return;
    }
    err.println("For a bug report:");
    trace().forEach(err::println);
    err.println(job + ": " + sentence);
  }

  /** The message of each exception, the root cause's stack, and where the driver was in the job. */
  private List<String> trace() {
    Throwable root = root(thrown);
    List<String> lines = new ArrayList<>();
    ExceptionUtils.getThrowableList(thrown).stream()
        .map(e -> e == root ? message(e) : first(e))
        .forEach(lines::add);
    frames(root).forEach(lines::add);
    if (root != thrown) {
      frames(thrown)
          .filter(frame -> frame.contains("io.dialogbert."))
          .findFirst()
          .ifPresent(frame -> lines.add("  called" + frame.replace('\t', ' ')));
    }
    return lines;
  }

  private static Stream<String> frames(Throwable thrown) {
    return Arrays.stream(thrown.getStackTrace()).map(frame -> "\tat " + frame);
  }

  private static Throwable root(Throwable thrown) {
    Throwable root = ExceptionUtils.getRootCause(thrown);
    return root == null ? thrown : root;
  }

  /**
   * The class and its message. If the message holds a task's stack trace, it ends before the
   * driver's.
   */
  private static String message(Throwable thrown) {
    String text = thrown.toString();
    int driver = text.indexOf(TRACES.get(1));
    return driver < 0 ? text : text.substring(0, driver);
  }

  /** The class and its message without any stack trace. */
  private static String first(Throwable thrown) {
    String text = message(thrown);
    int trace = text.indexOf(TRACES.get(0));
    return trace < 0 ? text : text.substring(0, trace);
  }
}
