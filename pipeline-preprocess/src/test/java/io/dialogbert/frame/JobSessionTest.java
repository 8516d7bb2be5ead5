package io.dialogbert.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogbert.common.BadConfigException;
import io.dialogbert.frame.config.ConfigReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The settings that a session would start with; no session is started. */
class JobSessionTest {
  private static final String NAME = "spark.app.name";
  private static final String UI = "spark.ui.enabled";
  private static final String PARTITIONS = "spark.sql.shuffle.partitions";
  private static final String WHOLE_STAGE = "spark.sql.codegen.wholeStage";
  private static final String FACTORY = "spark.sql.codegen.factoryMode";
  private static final long MIB = 1L << 20;

  private final SparkConf submitted = new SparkConf(false);

  /** A job that never runs. */
  private static final class NamedJob implements Job<String> {
    @Override
    public String name() {
      return "make-things";
    }

    @Override
    public String configure(ConfigReader in) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Lineage lineage(String config) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void run(JobContext job, String config) {
      throw new UnsupportedOperationException();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/data/2019/things, make-things things",
    "hdfs://name-node/data/things/, make-things things",
    "things, make-things things",
    "'', make-things"
  })
  void applicationHasTheNamesOfItsJobAndOutput(String output, String name) {
    assertThat(session(output, Map.of()).setting(NAME, "")).isEqualTo(name);
  }

  @Test
  void nameThatSparkSubmitTookFromTheMainClassIsNone() {
    for (Class<?> main : new Class<?>[] {JobMain.class, NamedJob.class}) {
      submitted.set(NAME, main.getName());
      assertThat(session("/data/things", Map.of()).setting(NAME, ""))
          .isEqualTo("make-things things");
      submitted.set(NAME, main.getName());
      assertThat(session("/data/things", Map.of("app.name", "nightly")).setting(NAME, ""))
          .isEqualTo("nightly");
    }
  }

  @Test
  void nameThatSparkSubmitWasGivenStays() {
    submitted.set(NAME, "the nightly run");
    assertThat(session("/data/things", Map.of("app.name", "other")).setting(NAME, ""))
        .isEqualTo("the nightly run");
  }

  @Test
  void uiIsOffWithoutSparkSubmitUnlessAskedFor() {
    assertThat(session("out", Map.of()).setting(UI, "not set")).isEqualTo("false");
    assertThat(session("out", Map.of("ui.enabled", "true")).setting(UI, "not set"))
        .isEqualTo("true");
  }

  @Test
  void clustersOwnSettingOfTheUiHolds() {
    submitted.set("spark.submit.deployMode", "client");
    assertThat(session("out", Map.of()).setting(UI, "not set")).isEqualTo("not set");
    submitted.set(UI, "true");
    assertThat(session("out", Map.of("ui.enabled", "false")).setting(UI, "not set"))
        .isEqualTo("true");
  }

  @Test
  void plansOverSmallInputsAreInterpreted() {
    JobSession small = session("out", Map.of());
    small.tuneFor(MIB);
    assertThat(small.setting(WHOLE_STAGE, "not set")).isEqualTo("false");
    assertThat(small.setting(FACTORY, "not set")).isEqualTo("NO_CODEGEN");

    JobSession large = session("out", Map.of());
    large.tuneFor(MIB + 1);
    assertThat(large.setting(WHOLE_STAGE, "not set")).isEqualTo("not set");
    assertThat(large.setting(FACTORY, "not set")).isEqualTo("not set");
  }

  @Test
  void shufflePartitionsFollowFromTheInput() {
    assertThat(partitions(0)).isEqualTo("1");
    assertThat(partitions(3 * MIB)).isEqualTo("4");
    assertThat(partitions(7 * MIB)).isEqualTo("8");
    assertThat(partitions(256 * MIB)).isEqualTo("8");
    assertThat(partitions(10L << 30)).isEqualTo("320");
    assertThat(partitions(Long.MAX_VALUE)).isEqualTo("10000");
  }

  private String partitions(long inputBytes) {
    JobSession session = new JobSession(new NamedJob(), "out", new SparkConf(false), Map.of());
    session.tuneFor(inputBytes);
    return session.setting(PARTITIONS, "not set");
  }

  @Test
  void whatIsSetIsNotDerived() {
    JobSession session =
        session(
            "out",
            Map.of(
                "sql.shuffle.partitions", "64",
                "sql.codegen.wholeStage", "true",
                "sql.codegen.factoryMode", "FALLBACK"));
    session.tuneFor(0);
    assertThat(session.setting(PARTITIONS, "not set")).isEqualTo("64");
    assertThat(session.setting(WHOLE_STAGE, "not set")).isEqualTo("true");
    assertThat(session.setting(FACTORY, "not set")).isEqualTo("FALLBACK");
  }

  @Test
  void whatResultsDependOnIsSetWhateverWasSubmitted() {
    submitted.set("spark.sql.adaptive.enabled", "true");
    assertThat(session("out", Map.of()).setting("spark.sql.adaptive.enabled", "not set"))
        .isEqualTo("false");
  }

  @Test
  void settingThatDoesNothingIsNamed() {
    assertThat(
            JobSession.withoutEffect(
                Map.of(
                    "spark.driver.memory", "8g",
                    "spark.serializer", "org.apache.spark.serializer.KryoSerializer",
                    "spark.sql.ansi.enabled", "false",
                    "spark.executor.memory", "8g")))
        .satisfiesExactlyInAnyOrder(
            sentence ->
                assertThat(sentence)
                    .startsWith("spark.driver.memory has no effect in a configuration: ")
                    .contains("DIALOGBERT_HEAP"),
            sentence ->
                assertThat(sentence)
                    .isEqualTo(
                        "spark.serializer = org.apache.spark.serializer.KryoSerializer has no"
                            + " effect: jobs depend on org.apache.spark.serializer.JavaSerializer"));
  }

  /** Otherwise Spark would end the process without saying what to do. */
  @Test
  void directoryForTemporaryFilesIsLookedForFirst(@TempDir Path temp) throws IOException {
    Path file = Files.createFile(temp.resolve("file"));
    JobSession session =
        session("out", Map.of("local.dir", file + "/a," + file + "/b", "master", "no-master"));
    assertThatThrownBy(session::get)
        .isInstanceOf(BadConfigException.class)
        .hasMessage(
            "Spark has no directory for temporary files: "
                + (file + ": Not a directory, ")
                + (file + ": Not a directory; set spark.local.dir, or SPARK_LOCAL_DIRS in the")
                + " environment where that is set");
    JobSession other =
        session("out", Map.of("local.dir", file + "/a," + temp + "/b", "master", "no-master"));
    assertThatThrownBy(other::get).hasMessageStartingWith("Spark does not start: ");
  }

  @Test
  void taskThatLacksMemoryDoesNotEndTheProcessThatTellsOfIt() {
    String key = "spark.executor.killOnFatalError.depth";
    assertThat(session("out", Map.of()).setting(key, "not set")).isEqualTo("0");
    submitted.set("spark.master", "yarn");
    assertThat(session("out", Map.of()).setting(key, "not set")).isEqualTo("not set");
  }

  @Test
  void hadoopsSettingsAreThereWithoutASession() {
    submitted.set("spark.hadoop.fs.s3a.endpoint", "http://here");
    JobSession session = session("out", Map.of("hadoop.fs.s3a.path.style.access", "true"));
    assertThat(session.hadoop().get("fs.s3a.endpoint")).isEqualTo("http://here");
    assertThat(session.hadoop().get("fs.s3a.path.style.access")).isEqualTo("true");
    assertThat(session.started()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"client", "cluster"})
  void runThatNeededNoSessionEndsWithoutOne(String deployMode) {
    submitted.set("spark.master", "spark://no-such-host:7077");
    submitted.set("spark.submit.deployMode", deployMode);
    JobSession session = session("out", Map.of());
    session.complete();
    assertThat(session.started()).isFalse();
  }

  /** YARN's classes are not on the class path, so only the attempt is visible. */
  @Test
  void driverInYarnEndsWithASessionWithoutExecutors() {
    submitted.set("spark.master", "yarn");
    submitted.set("spark.submit.deployMode", "cluster");
    submitted.set("spark.dynamicAllocation.enabled", "true");
    JobSession session = session("out", Map.of());
    assertThatThrownBy(session::complete)
        .isInstanceOf(BadConfigException.class)
        .hasMessageContaining("Spark does not start: ");
    assertThat(session.setting("spark.executor.instances", "not set")).isEqualTo("0");
    assertThat(session.setting("spark.dynamicAllocation.enabled", "not set")).isEqualTo("false");
  }

  private JobSession session(String output, Map<String, String> settings) {
    return new JobSession(new NamedJob(), output, submitted.clone(), settings);
  }
}
