package io.dialogbert.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.frame.JobMain;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The job jar run by spark-submit as users do, on machines with unusual setups. */
@Timeout(240)
class SparkSubmitIT {
  private static final String SUBMIT = "org.apache.spark.deploy.SparkSubmit";

  /** The start of each line in Spark's own log format. */
  private static final Pattern SPARKS_LOG = Pattern.compile("(?m)^\\d\\d/\\d\\d/\\d\\d .* INFO ");

  @TempDir private Path temp;

  @Test
  void sentenceOfAnErrorStandsAloneAtTheEnd() throws Exception {
    JobRun run = badInput(List.of());
    assertThat(run.exitCode()).as(run.err()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(run.err()).doesNotContain("\tat ").doesNotContainPattern(SPARKS_LOG);
    List<String> lines = run.err().lines().toList();
    int sentence =
        IntStream.range(0, lines.size())
            .filter(
                i -> lines.get(i).startsWith("ingest-messages: bad input: 1 of 1 rows rejected"))
            .findFirst()
            .orElse(lines.size());
    // Spark's warnings come before it, the first rejects after it.
    assertThat(sentence).as(run.err()).isLessThan(6).isGreaterThan(lines.size() - 6);
  }

  @Test
  void logSettingsOfTheUserStay() throws Exception {
    Path own = temp.resolve("own.properties");
    Files.writeString(
        own,
        """
        appender.a.type = Console
        appender.a.name = a
        appender.a.target = SYSTEM_ERR
        appender.a.layout.type = PatternLayout
        appender.a.layout.pattern = own %p %m%n
        rootLogger.level = info
        rootLogger.appenderRef.a.ref = a
        """);
    JobRun run = badInput(List.of("-Dlog4j2.configurationFile=" + own));
    assertThat(run.exitCode()).as(run.err()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(run.err()).contains("own INFO Running Spark version");
  }

  @Test
  void neitherTheHostsNameNorTheLocaleChangesAnything() throws Exception {
    Path plain = temp.resolve("plain");
    Path thai = temp.resolve("thai");
    JobRun run = sample(plain, List.of(), Map.of());
    assertThat(run.exitCode()).as(run.err()).isZero();
    run =
        sample(
            thai,
            List.of("-Duser.language=th", "-Duser.country=TH", "-Duser.extensions=u-nu-thai"),
            Map.of("SPARK_LOCAL_HOSTNAME", "no_host_name"));
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(SampleChain.manifest(thai).files()).isEqualTo(SampleChain.manifest(plain).files());
  }

  @Test
  void temporaryDirectoryThatTakesNoLibraryIsNamed() throws Exception {
    Path gone = temp.resolve("gone");
    // Without spark-submit, which would create the directory.
    JobRun run =
        launch(
            List.of("-Djava.io.tmpdir=" + gone),
            Map.of(),
            "-cp",
            System.getProperty("job.jar") + File.pathSeparator + spark(),
            JobMain.class.getName(),
            "make-sample",
            "--set",
            "make-sample.output=" + temp.resolve("out"));
    assertThat(run.exitCode()).as(run.err()).isEqualTo(JobMain.BAD_CONFIG);
    List<String> lines = run.err().lines().toList();
    assertThat(lines.get(lines.size() - 1))
        .startsWith("make-sample: bad configuration: a native library cannot be loaded: ")
        .contains("java.io.tmpdir (" + gone + ")", "not mounted noexec")
        .contains("-Djava.io.tmpdir=DIRECTORY");
    assertThat(run.err()).doesNotContain("\tat ");
  }

  private JobRun sample(Path output, List<String> options, Map<String, String> environment)
      throws Exception {
    return submit(
        options,
        environment,
        "make-sample",
        "--set",
        "make-sample.output=" + output,
        "--set",
        "make-sample.num-messages=20",
        "--set",
        "make-sample.num-shards=2");
  }

  private JobRun badInput(List<String> options) throws Exception {
    Path input = Files.writeString(temp.resolve("messages.jsonl"), "{}\n");
    Path key = Files.writeString(temp.resolve("key"), "a key of 32 bytes for these tests");
    return submit(
        options,
        Map.of(),
        "ingest-messages",
        "--set",
        "ingest-messages.input=[\"" + input + "\"]",
        "--set",
        "ingest-messages.pseudonym-key-file=" + key,
        "--set",
        "ingest-messages.output=" + temp.resolve("out"));
  }

  private static JobRun submit(
      List<String> options, Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of("-cp", spark(), SUBMIT, "--master", "local[1]"));
    all.addAll(List.of("--class", JobMain.class.getName(), System.getProperty("job.jar")));
    all.addAll(List.of(arguments));
    return launch(options, environment, all.toArray(String[]::new));
  }

  private static JobRun launch(
      List<String> options, Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx1g");
    command.add("-XX:TieredStopAtLevel=1");
    command.add("@" + Path.of("../conf/jvm.options").toAbsolutePath());
    command.addAll(options);
    command.addAll(List.of(arguments));
    Path out = Files.createTempFile("submit", ".out");
    Path err = Files.createTempFile("submit", ".err");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      assertThat(process.waitFor(200, TimeUnit.SECONDS)).as("ends").isTrue();
      return new JobRun(
          process.exitValue(),
          Files.readString(out, StandardCharsets.UTF_8),
          Files.readString(err, StandardCharsets.UTF_8));
    } finally {
      process.destroyForcibly();
      Files.delete(out);
      Files.delete(err);
    }
  }

  /** The jars of the class path, without this project's classes. */
  static String spark() {
    return Stream.of(System.getProperty("java.class.path").split(Pattern.quote(File.pathSeparator)))
        .filter(path -> path.endsWith(".jar"))
        .filter(path -> !Path.of(path).startsWith(Path.of("").toAbsolutePath()))
        .collect(Collectors.joining(File.pathSeparator));
  }
}
