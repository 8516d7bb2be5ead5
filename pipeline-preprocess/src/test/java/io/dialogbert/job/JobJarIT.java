package io.dialogbert.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.dialogbert.frame.Job;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The jar for spark-submit. */
class JobJarIT {
  private static final String SERVICES = "META-INF/services/" + Job.class.getName();
  private static final Path JAR = Path.of(System.getProperty("job.jar"));
  private static final List<Job<?>> JOBS = jobs();
  private static Set<String> entries;

  private static List<Job<?>> jobs() {
    List<Job<?>> jobs = new ArrayList<>();
    ServiceLoader.load(Job.class).forEach(jobs::add);
    return jobs;
  }

  @BeforeAll
  static void list() throws IOException {
    try (JarFile jar = new JarFile(JAR.toFile())) {
      entries = jar.stream().map(ZipEntry::getName).collect(Collectors.toSet());
    }
  }

  @Test
  void holdsTheDefaultsOfEveryJob() throws IOException {
    Config defaults = ConfigFactory.parseString(text("reference.conf")).resolve();
    for (Job<?> job : JOBS) {
      assertThat(defaults.hasPath(job.name())).as(job.name()).isTrue();
    }
    assertThat(defaults.hasPath("seed")).isTrue();
  }

  @Test
  void namesEveryJobOnceAndHoldsItsClass() throws IOException {
    List<String> services =
        text(SERVICES).lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
    assertThat(services)
        .containsExactlyInAnyOrderElementsOf(
            JOBS.stream().map(job -> job.getClass().getName()).toList());
    assertThat(services).allMatch(name -> entries.contains(name.replace('.', '/') + ".class"));
  }

  @Test
  void leavesOutWhatSparkBrings() {
    assertThat(entries)
        .noneMatch(
            name ->
                name.startsWith("org/apache/spark/")
                    || name.startsWith("org/apache/hadoop/")
                    || name.startsWith("scala/")
                    || name.startsWith("com/fasterxml/")
                    || name.startsWith("org/slf4j/"));
    // Spark's class path comes first and has an older version.
    assertThat(entries).noneMatch(name -> name.startsWith("com/google/protobuf/"));
  }

  @Test
  void bringsWhatTheJobsNeed() {
    assertThat(entries)
        .contains("com/typesafe/config/Config.class", "io/dialogbert/frame/version.txt")
        .contains("io/dialogbert/frame/log4j2.properties", "META-INF/LICENSE.txt")
        .anyMatch(name -> name.startsWith("org/apache/lucene/analysis/ko/"))
        .anyMatch(name -> name.startsWith("org/apache/lucene/analysis/ja/"))
        .anyMatch(name -> name.startsWith("io/dialogbert/privacy/rules/"));
  }

  @Test
  void startsFromTheJar() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                JAR + File.pathSeparator + SparkSubmitIT.spark(),
                "io.dialogbert.frame.JobMain",
                "--help")
            .redirectErrorStream(true)
            .start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(printed)
        .contains("usage: dialogbert JOB")
        .contains(JOBS.stream().map(Job::name).sorted().collect(Collectors.joining(", ")));
    assertThat(process.exitValue()).isZero();
  }

  private static String text(String entry) throws IOException {
    try (JarFile jar = new JarFile(JAR.toFile())) {
      return new String(
          jar.getInputStream(jar.getEntry(entry)).readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
