package io.dialogbert.kill;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.io.FileUtils;

/**
 * Starts jobs, each in its own JVM. What a killed job leaves in temporary directories is among the
 * test's files.
 */
final class JobLauncher {
  private static final String JAR = System.getProperty("kill.jar");
  private static final String CONF = System.getProperty("kill.root") + "/conf";

  private final Path sparkHome;
  private final Path temporary;
  private final Path classes;
  private final Path log;

  /**
   * Creates a launcher.
   *
   * @param sparkHome directory that holds {@code jars}
   * @param work directory for temporary files and the log of the latest job
   */
  JobLauncher(Path sparkHome, Path work) {
    this.sparkHome = sparkHome;
    this.temporary = work.resolve("temporary");
    this.classes = work.resolve("classes.jsa");
    this.log = work.resolve("job.log");
  }

  /** Command line of a JVM with a heap of this size, ready for Spark. */
  static List<String> java(String heap, Path temporary) {
    return List.of(
        System.getProperty("java.home") + "/bin/java",
        "-Xmx" + heap,
        "@" + CONF + "/jvm.options",
        temporary(temporary),
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1");
  }

  /** The JVM option that sets the temporary directory. */
  private static String temporary(Path directory) {
    return "-Djava.io.tmpdir=" + directory;
  }

  /** Starts a job that archives the classes it loads, so that later jobs start faster. */
  Process launchFirst(String job, List<String> settings, Path output) throws IOException {
    return launch(job, settings, output, null, "-XX:ArchiveClassesAtExit=" + classes);
  }

  /**
   * Starts a job. No other job may be running.
   *
   * @param settings {@code key=value}, except the output
   * @param cluster where it runs; null: in its own JVM, on two cores
   */
  Process launch(String job, List<String> settings, Path output, Cluster cluster)
      throws IOException {
    return launch(job, settings, output, cluster, "-XX:SharedArchiveFile=" + classes);
  }

  private Process launch(
      String job, List<String> settings, Path output, Cluster cluster, String classesOption)
      throws IOException {
    // The cleanup process that Spark starts there outlives a killed driver.
    FileUtils.deleteQuietly(temporary.toFile());
    Files.createDirectories(temporary);
    List<String> command = new ArrayList<>(java("1g", temporary));
    command.addAll(
        List.of(
            classesOption,
            "-Xlog:cds=off",
            "-Dlog4j2.configurationFile=" + CONF + "/log4j2.properties",
            "-cp",
            sparkHome + "/jars/*" + File.pathSeparator + JAR,
            "io.dialogbert.frame.JobMain",
            job,
            "--overwrite"));
    List<String> all = new ArrayList<>(settings);
    all.addAll(
        List.of(
            job + ".output=" + output,
            "spark.local.dir=" + temporary,
            "spark.driver.host=127.0.0.1",
            "spark.driver.bindAddress=127.0.0.1",
            "spark.sql.shuffle.partitions=4"));
    if (cluster == null) {
      all.add("spark.master=local[2]");
    } else {
      all.addAll(
          List.of(
              "spark.master=" + cluster.url(),
              "spark.jars=" + JAR,
              // Two executors, so that one is left to continue.
              "spark.executor.cores=1",
              "spark.executor.memory=768m",
              "spark.executor.extraJavaOptions="
                  + temporary(cluster.temporary())
                  + " -XX:+UseSerialGC -XX:TieredStopAtLevel=1",
              // Data of a dead executor is requested repeatedly before it is recomputed.
              "spark.shuffle.io.retryWait=200ms"));
    }
    for (String setting : all) {
      command.addAll(List.of("--set", setting));
    }
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    return builder.start();
  }

  /**
   * Waits until a job ends.
   *
   * @throws IllegalStateException if it was not successful; shows what it printed
   */
  void requireDone(Process process, Target target) throws IOException, InterruptedException {
    int exit = process.waitFor();
    if (exit != 0) {
      throw new IllegalStateException(
          target.job() + " ended with exit code " + exit + "\n" + log());
    }
  }

  /** What the latest job printed. */
  String log() throws IOException {
    return Files.readString(log);
  }
}
