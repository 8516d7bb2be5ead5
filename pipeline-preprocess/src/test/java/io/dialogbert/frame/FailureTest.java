package io.dialogbert.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.dialogbert.common.BadConfigException;
import io.dialogbert.common.BadInputException;
import io.dialogbert.common.JobFailedException;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.PrintStream;
import java.net.ConnectException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.util.List;
import org.apache.spark.SparkException;
import org.junit.jupiter.api.Test;

/** What users see of a failure. */
class FailureTest {
  /** A task's error as Spark reports it to a driver. */
  private static Exception ofTask(Throwable cause) {
    return new IllegalStateException(
        "Writing job aborted",
        new SparkException(
            "Job aborted due to stage failure: Task 0 in stage 1.0 failed 1 times: "
                + cause
                + "\n\tat io.dialogbert.A.b(A.java:1)\n\tat c.D.e(D.java:2)\n\nDriver stacktrace:",
            cause));
  }

  @Test
  void whatAUserCanMendIsASentenceAlone() {
    assertThat(printed(ofTask(new BadInputException("file-1 row 3: no-text"))))
        .containsExactly("a-job: bad input: file-1 row 3: no-text");
    assertThat(printed(new BadConfigException("output must not be the root"), JobMain.BAD_CONFIG))
        .containsExactly("a-job: bad configuration: output must not be the root");
    assertThat(printed(ofTask(new FileNotFoundException("/in/part-00000 (Permission denied)"))))
        .containsExactly("a-job: bad input: no permission: /in/part-00000 (Permission denied)");
  }

  @Test
  void fullDiskIsNamedWhereverItIs() {
    assertThat(printed(ofTask(new IOException("No space left on device")), JobMain.FAILED))
        .containsExactly(
            "a-job: failed: no space left on a disk: java.io.IOException: No space left on device;"
                + " free some, and run again");
  }

  @Test
  void nativeLibraryThatDoesNotLoadIsNamedWithWhatToSet() {
    Throwable link =
        new UnsatisfiedLinkError("/t/libzstd.so: failed to map segment\nno zstd in path");
    List<String> lines = printed(ofTask(new IOException(link)), JobMain.FAILED);
    assertThat(lines).hasSize(1);
    assertThat(lines.get(0))
        .startsWith(
            "a-job: failed: a native library cannot be loaded: /t/libzstd.so: failed to map"
                + " segment;")
        .contains("noexec", "-Djava.io.tmpdir=", "-Dorg.bytedeco.javacpp.cachedir=");
  }

  @Test
  void javaThatSparkCannotRunInIsNamedWithWhatToSet() {
    assertThat(
            printed(
                new BadConfigException(
                    "file system of /out does not open",
                    new UnsupportedOperationException("getSubject is not supported")),
                JobMain.BAD_CONFIG))
        .containsExactly(
            "a-job: bad configuration: this is Java "
                + Runtime.version().feature()
                + ", which is too new for Spark "
                + SparkBuild.running().line()
                + "; set JAVA_HOME to a JDK 17");
    assertThat(
            printed(
                new BadConfigException(
                    "Spark does not start",
                    new IllegalAccessError(
                        "class S cannot access class sun.nio.ch.DirectBuffer because module"
                            + " java.base does not export sun.nio.ch to unnamed module")),
                JobMain.BAD_CONFIG))
        .singleElement(STRING)
        .contains("sun.nio.ch.DirectBuffer", "--driver-java-options", "conf/jvm.options");
  }

  @Test
  void reasonThatIsGivenInFullNeedsNoTrace() {
    assertThat(printed(ofTask(new JobFailedException("gave up", null)), JobMain.FAILED))
        .containsExactly("a-job: failed: gave up");
  }

  @Test
  void unexpectedFailureShowsItsRootCauseOnceAndTheSentenceLast() {
    Exception root = new IllegalStateException("files of the table data hold 3 rows");
    List<String> lines = printed(ofTask(root), JobMain.FAILED);
    assertThat(lines.get(0)).isEqualTo("For a bug report:");
    assertThat(lines.subList(1, 4))
        .containsExactly(
            "java.lang.IllegalStateException: Writing job aborted",
            "org.apache.spark.SparkException: Job aborted due to stage failure: Task 0 in stage 1.0"
                + " failed 1 times: "
                + root,
            root.toString());
    assertThat(lines.stream().filter(line -> line.startsWith("\tat ")))
        .hasSize(root.getStackTrace().length);
    assertThat(lines).filteredOn(line -> line.startsWith("  called at io.dialogbert.")).hasSize(1);
    assertThat(lines.get(lines.size() - 1))
        .isEqualTo(
            "a-job: failed: java.lang.IllegalStateException: files of the table data hold 3 rows");
  }

  @Test
  void nameThatTheLocaleCannotSpellIsNotShown() {
    assertThat(
            printed(
                ofTask(new InvalidPathException("/raw/Kim", "unmappable characters")),
                JobMain.BAD_CONFIG))
        .singleElement(STRING)
        .startsWith("a-job: bad configuration: Java cannot open a file or directory whose name is")
        .contains("set LC_ALL in the environment")
        .doesNotContain("Kim");
  }

  @Test
  void lackOfMemoryIsNamedWithWhatToSet() {
    for (Throwable thrown :
        new Throwable[] {
          new OutOfMemoryError("Java heap space"),
          ofTask(new OutOfMemoryError("Java heap space")),
          new SparkException("Task 0 failed: java.lang.OutOfMemoryError: Java heap space\n\tat a.B")
        }) {
      assertThat(printed(thrown, JobMain.FAILED))
          .singleElement(STRING)
          .startsWith("a-job: failed: not enough memory: ")
          .contains("Java heap space", "DIALOGBERT_HEAP", "--executor-memory");
    }
  }

  @Test
  void machineThatDoesNotAnswerIsNoBug() {
    assertThat(
            printed(
                new IOException(new ConnectException("Call to name-node:8020 failed")),
                JobMain.FAILED))
        .containsExactly(
            "a-job: failed: another machine cannot be reached: java.net.ConnectException: Call to"
                + " name-node:8020 failed");
  }

  @Test
  void sparkThatStoppedIsNoBug() {
    for (Throwable thrown :
        new Throwable[] {
          new SparkException("Job 0 cancelled because SparkContext was shut down"),
          new IllegalStateException("SparkContext has been shutdown"),
          new IllegalStateException("Cannot call methods on a stopped SparkContext.\nThis ...")
        }) {
      assertThat(printed(thrown, JobMain.FAILED))
          .containsExactly(
              "a-job: failed: Spark stopped before the job was done, by a signal or for the reason"
                  + " in the log above; run again");
    }
  }

  @Test
  void taskWhoseErrorIsTextAloneIsShownWithoutTheDriversTrace() {
    Exception lost =
        new SparkException(
            "Task 0 failed: java.io.IOException: gone\n\tat a.B\n\nDriver stacktrace:");
    List<String> lines = printed(lost, JobMain.FAILED);
    assertThat(lines).contains("\tat a.B").doesNotContain("Driver stacktrace:");
    assertThat(lines)
        .contains(
            "a-job: failed: org.apache.spark.SparkException: Task 0 failed: java.io.IOException:"
                + " gone");
  }

  private static List<String> printed(Throwable thrown) {
    return printed(thrown, JobMain.BAD_INPUT);
  }

  private static List<String> printed(Throwable thrown, int exitCode) {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Failure failure = Failure.of(thrown);
    failure.print("a-job", new PrintStream(err, true, StandardCharsets.UTF_8));
    assertThat(failure.exitCode()).isEqualTo(exitCode);
    return err.toString(StandardCharsets.UTF_8).lines().toList();
  }
}
