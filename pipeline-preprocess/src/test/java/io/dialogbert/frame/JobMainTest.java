package io.dialogbert.frame;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.frame.config.JobCatalog;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs that end before Spark starts. */
class JobMainTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @Test
  void helpNamesEveryJob() {
    assertThat(start("--help")).isEqualTo(JobMain.DONE);
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("usage: dialogbert JOB")
        .contains("build-dialogues, build-examples, corpus-stats, forget, ")
        .contains("ingest-messages, inspect-examples, make-sample, ")
        .contains("train-tokenizer");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--help", "-h"})
  void helpOnAJobShowsItsSettings(String help) {
    assertThat(start(help)).isEqualTo(JobMain.DONE);
    assertThat(start("make-sample", help)).isEqualTo(JobMain.DONE);
    assertThat(error()).isEmpty();
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("usage: dialogbert JOB")
        .contains("# A synthetic messenger export.\nmake-sample {\n  output = \"\" ")
        .containsPattern("  broken-row-ratio = 0.001 +# must be between 0.0 and 1.0\n}\n")
        .doesNotContain("ingest-messages {");
  }

  @Test
  void versionIsPrintedAlone() {
    assertThat(start("--version")).isEqualTo(JobMain.DONE);
    assertThat(out.toString(StandardCharsets.UTF_8)).matches("\\d+\\.\\d+\\.\\d+(-SNAPSHOT)?\\R");
  }

  @Test
  void callWithoutAJobIsRefusedWithTheUsage() {
    assertThat(start()).isEqualTo(JobMain.BAD_CONFIG);
    assertThat(error()).contains("usage: dialogbert JOB");
  }

  @Test
  void unknownJobIsRefusedNamingTheKnownOnes() {
    assertThat(start("build-dialog")).isEqualTo(JobMain.BAD_CONFIG);
    assertThat(error()).contains("unknown job build-dialog").contains("build-dialogues");
  }

  @Test
  void unknownArgumentIsRefused() {
    assertThat(start("make-sample", "--force")).isEqualTo(JobMain.BAD_CONFIG);
    assertThat(error()).contains("make-sample: bad configuration: unknown argument --force");
  }

  @Test
  void argumentWithoutItsValueIsRefused() {
    assertThat(start("make-sample", "--config")).isEqualTo(JobMain.BAD_CONFIG);
    assertThat(error()).contains("--config needs a value");
  }

  @Test
  void secondConfigurationFileIsRefused() {
    assertThat(start("make-sample", "--config", "a.conf", "--config", "b.conf"))
        .isEqualTo(JobMain.BAD_CONFIG);
    assertThat(error()).contains("--config is given twice; let one file include the other");
  }

  @Test
  void missingConfigurationFileIsRefused() {
    assertThat(start("make-sample", "--config", "no/such.conf")).isEqualTo(JobMain.BAD_CONFIG);
    assertThat(error()).contains("configuration file not found: no/such.conf");
  }

  @Test
  void unsetOutputIsRefused() {
    assertThat(start("make-sample")).isEqualTo(JobMain.BAD_CONFIG);
    assertThat(error()).contains("make-sample.output").contains("must be set");
  }

  @Test
  void dayMustBeADateGivenOnceToAJobThatWorksByDay() {
    for (String day : List.of("2026-11", "2026-02-30", "26-11-27", "yesterday", "+2026-11-27")) {
      assertThat(start("build-dialogues", "--day", day)).isEqualTo(JobMain.BAD_CONFIG);
      assertThat(error()).contains("--day must be a date such as 2026-11-27, not " + day);
    }
    start("build-dialogues", "--day", "2026-11-27", "--day", "2026-11-28");
    assertThat(error()).contains("--day is given twice");
    start("make-sample", "--set", "make-sample.output=a", "--day", "2026-11-27");
    assertThat(error())
        .containsPattern(
            "--day +day = 2026-11-27 +make-sample does not work by day; without --day,"
                + " it reads all days there are");
    start("make-sample", "--set", "make-sample.output=a", "--set", "day=2026-11-27");
    assertThat(error()).contains("must be given on the command line, as --day");
    err.reset();
    start(
        "make-sample",
        "--set",
        "make-sample.output=\"a-\"${day}",
        "--set",
        "day=2026-11-27",
        "--set",
        "make-sample.num-messages=0");
    assertThat(error()).contains(": 1 problem").contains("make-sample.num-messages = 0");
  }

  @Test
  void catalogKnowsWhichJobsWorkByDay() {
    for (Job<?> job : ServiceLoader.load(Job.class)) {
      start(job.name(), "--day", "2026-11-27");
      assertThat(!error().contains(job.name() + " does not work by day"))
          .as(job.name())
          .isEqualTo(JobCatalog.worksByDay(job.name()));
    }
  }

  @Test
  void brokenRuleAcrossSettingsIsOneProblem() {
    int code =
        start(
            "build-dialogues",
            "--set",
            "build-dialogues.messages=a",
            "--set",
            "build-dialogues.output=b",
            "--set",
            "build-dialogues.validation-ratio=0.7",
            "--set",
            "build-dialogues.test-ratio=0.7",
            "--set",
            "build-dialogues.dialogues-per-file=5");
    assertThat(code).isEqualTo(JobMain.BAD_CONFIG);
    assertThat(error())
        .contains(": 1 problem")
        .contains(
            "validation-ratio = 0.7 and test-ratio = 0.7 must be at least 0, and at most 1"
                + " together")
        .doesNotContain("merge of");
  }

  @Test
  void errorsOfTheConfigurationShowNoStackTrace() {
    start("make-sample", "--set", "make-sample.num-messages=0");
    assertThat(error()).contains("must be between 1 and").doesNotContain("\tat ");
  }

  private int start(String... args) {
    return JobMain.start(
        args,
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8));
  }

  private String error() {
    return err.toString(StandardCharsets.UTF_8);
  }
}
