package io.dialogbert.job;

import io.dialogbert.frame.Job;
import io.dialogbert.frame.JobMain;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A job's run as its caller sees it.
 *
 * @param exitCode 0 done, 2 bad configuration, 3 bad input, 1 anything else
 * @param out what it printed to standard output
 * @param err what it printed to standard error
 */
public record JobRun(int exitCode, String out, String err) {
  /** Runs a job as the command line does, with Spark inside this JVM on two threads. */
  public static JobRun of(Job<?> job, List<String> arguments) {
    SparkTestSession.stop();
    List<String> all = new ArrayList<>(List.of("--set", "spark.master=local[2]"));
    all.addAll(arguments);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int exitCode =
        JobMain.execute(
            job,
            all.toArray(String[]::new),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8));
    return new JobRun(
        exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  /**
   * The same.
   *
   * @param arguments flags, such as {@code --resume}, and settings, such as {@code seed=1}
   */
  public static JobRun of(Job<?> job, String... arguments) {
    return of(
        job,
        Stream.of(arguments)
            .flatMap(one -> one.startsWith("--") ? Stream.of(one) : Stream.of("--set", one))
            .toList());
  }

  /** Everything that was printed. */
  public String printed() {
    return out + err;
  }
}
