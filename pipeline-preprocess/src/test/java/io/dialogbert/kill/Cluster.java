package io.dialogbert.kill;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A standalone Spark cluster on this machine: a master, and a worker with two cores. */
final class Cluster implements AutoCloseable {
  private static final String HOST = "127.0.0.1";
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(60);

  private final Process master;
  private final Process worker;
  private final String url;
  private final Path temporary;

  /**
   * Starts both and waits until the worker is registered.
   *
   * @param sparkHome directory that holds {@code jars}
   * @param work for logs, executors and temporary files
   */
  Cluster(Path sparkHome, Path work) throws IOException {
    int port = freePort();
    temporary = Files.createDirectory(work.resolve("cluster-temporary"));
    url = "spark://" + HOST + ":" + port;
    master =
        start(
            sparkHome,
            work.resolve("master.log"),
            "org.apache.spark.deploy.master.Master",
            "--host",
            HOST,
            "--port",
            String.valueOf(port),
            "--webui-port",
            "0");
    Path log = work.resolve("worker.log");
    worker =
        start(
            sparkHome,
            log,
            "org.apache.spark.deploy.worker.Worker",
            "--host",
            HOST,
            "--cores",
            "2",
            "--memory",
            "2g",
            "--webui-port",
            "0",
            "--work-dir",
            work.resolve("executors").toString(),
            url);
    long deadline = System.nanoTime() + PATIENCE;
    while (!Files.readString(log).contains("Successfully registered with master")) {
      if (System.nanoTime() > deadline || !worker.isAlive()) {
        close();
        throw new IOException("the worker did not find its master; see " + log);
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
    }
  }

  private Process start(Path sparkHome, Path log, String main, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(JobLauncher.java("512m", temporary));
    command.addAll(List.of("-Dlog4j2.level=INFO", "-cp", sparkHome + "/jars/*", main));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().put("SPARK_HOME", sparkHome.toString());
    builder.environment().put("SPARK_SCALA_VERSION", "2.12");
    builder.environment().put("SPARK_LOCAL_IP", HOST);
    builder.environment().put("SPARK_LOCAL_DIRS", temporary.toString());
    return builder.start();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  String url() {
    return url;
  }

  /** Where its processes lay temporary files. */
  Path temporary() {
    return temporary;
  }

  /** The executors' processes. */
  List<ProcessHandle> executors() {
    return worker
        .descendants()
        .filter(
            process ->
                process.info().commandLine().orElse("").contains("CoarseGrainedExecutorBackend"))
        .toList();
  }

  @Override
  public void close() {
    worker.descendants().forEach(ProcessHandle::destroyForcibly);
    worker.destroyForcibly();
    master.destroyForcibly();
  }
}
