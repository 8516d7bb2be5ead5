package io.dialogbert.kill;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Submits pretraining to a cluster with Spark's own {@code spark-submit}, as a user does. */
final class TrainingLauncher {
  private static final String JAR = System.getProperty("kill.jar");

  private final Path sparkHome;
  private final List<String> settings;

  /**
   * Creates a launcher.
   *
   * @param sparkHome a Spark distribution
   * @param settings {@code key=value}, except the output
   */
  TrainingLauncher(Path sparkHome, List<String> settings) {
    this.sparkHome = sparkHome;
    this.settings = settings;
  }

  /**
   * Starts or resumes a run; returns the driver's process.
   *
   * @param conf {@code key=value} for Spark
   * @param log receives what the driver prints
   */
  Process start(Cluster cluster, TrainingRun run, List<String> conf, Path log) throws IOException {
    Path temporary = Files.createTempDirectory(log.getParent(), "driver");
    String javaOptions =
        "-Dorg.bytedeco.javacpp.maxphysicalbytes=0 -XX:+UseSerialGC -XX:TieredStopAtLevel=1"
            + " -Djava.io.tmpdir=";
    List<String> command =
        new ArrayList<>(
            List.of(
                sparkHome.resolve("bin/spark-submit").toString(),
                "--master",
                cluster.url(),
                "--class",
                "io.dialogbert.frame.JobMain",
                "--driver-memory",
                "1g",
                "--driver-java-options",
                javaOptions + temporary));
    List<String> allConf = new ArrayList<>(conf);
    allConf.addAll(
        List.of(
            "spark.driver.host=127.0.0.1",
            "spark.driver.bindAddress=127.0.0.1",
            "spark.ui.enabled=false",
            "spark.executor.cores=1",
            "spark.executor.memory=768m",
            "spark.executor.extraJavaOptions=" + javaOptions + cluster.temporary(),
            "spark.executorEnv.OMP_WAIT_POLICY=PASSIVE",
            // Executors start slowly on a shared machine.
            "spark.scheduler.maxRegisteredResourcesWaitingTime=180s"));
    for (String pair : allConf) {
      command.addAll(List.of("--conf", pair));
    }
    command.addAll(
        List.of(JAR, "pretrain", "--resume", "--set", "pretrain.output=" + run.output()));
    for (String setting : settings) {
      command.addAll(List.of("--set", setting));
    }
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("SPARK_HOME", sparkHome.toString());
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    builder.environment().put("SPARK_LOCAL_DIRS", temporary.toString());
    builder.environment().put("OMP_WAIT_POLICY", "PASSIVE");
    return builder.directory(new File(temporary.toString())).start();
  }
}
