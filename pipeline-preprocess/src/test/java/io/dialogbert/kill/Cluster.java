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

/**
 * A standalone Spark cluster on this machine: a master and workers. Each has its own loopback
 * address, so that Spark treats them as hosts.
 */
final class Cluster implements AutoCloseable {
  /**
   * A worker.
   *
   * @param cores number of cores that it gives to executors
   * @param javaOptions JVM options of the worker and its executors, separated by spaces
   */
  record Host(int cores, String javaOptions) {}

  private static final String HOST = "127.0.0.1";
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(60);

  private final Process master;
  private final List<Process> workers = new ArrayList<>();
  private final String url;
  private final Path temporary;
  private final Path executors;

  /**
   * Starts all processes and waits until the workers are registered.
   *
   * @param sparkHome directory that holds {@code jars}
   * @param work directory for logs, executors and temporary files
   * @param hosts the workers
   */
  Cluster(Path sparkHome, Path work, List<Host> hosts) throws IOException {
    int port = freePort();
    temporary = Files.createDirectory(work.resolve("cluster-temporary"));
    executors = work.resolve("executors");
    url = "spark://" + HOST + ":" + port;
    master =
        start(
            sparkHome,
            work.resolve("master.log"),
            HOST,
            "",
            "org.apache.spark.deploy.master.Master",
            "--host",
            HOST,
            "--port",
            String.valueOf(port),
            "--webui-port",
            "0");
    for (Host host : hosts) {
      String address = "127.0.0." + (workers.size() + 1);
      workers.add(
          start(
              sparkHome,
              log(work, workers.size()),
              address,
              host.javaOptions(),
              "org.apache.spark.deploy.worker.Worker",
              "--host",
              address,
              "--cores",
              String.valueOf(host.cores()),
              "--memory",
              "2g",
              "--webui-port",
              "0",
              "--work-dir",
              executors.toString(),
              url));
    }
    for (int i = 0; i < workers.size(); i++) {
      awaitRegistration(workers.get(i), log(work, i));
    }
  }

  private static Path log(Path work, int worker) {
    return work.resolve("worker-" + worker + ".log");
  }

  private void awaitRegistration(Process worker, Path log) throws IOException {
    long deadline = System.nanoTime() + PATIENCE;
    while (!Files.readString(log).contains("Successfully registered with master")) {
      if (System.nanoTime() > deadline || !worker.isAlive()) {
        close();
        throw new IOException("the worker did not find its master; see " + log);
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
    }
  }

  private Process start(
      Path sparkHome,
      Path log,
      String address,
      String javaOptions,
      String main,
      String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(JobLauncher.java("512m", temporary));
    command.addAll(List.of("-Dlog4j2.level=INFO", "-cp", sparkHome + "/jars/*", main));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().put("SPARK_HOME", sparkHome.toString());
    builder.environment().put("SPARK_SCALA_VERSION", "2.12");
    builder.environment().put("SPARK_LOCAL_IP", address);
    builder.environment().put("SPARK_LOCAL_DIRS", temporary.toString());
    // Executors inherit the worker's environment.
    builder.environment().put("JDK_JAVA_OPTIONS", javaOptions);
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

  /** Directory of its processes' temporary files. */
  Path temporary() {
    return temporary;
  }

  /** The executors' processes. */
  List<ProcessHandle> executors() {
    return workers.stream()
        .flatMap(Process::descendants)
        .filter(
            process ->
                process.info().commandLine().orElse("").contains("CoarseGrainedExecutorBackend"))
        .toList();
  }

  /** Directory with one directory per job, which has one per executor. */
  Path executorFiles() {
    return executors;
  }

  /** Kills a worker and its executors with SIGKILL; it does not come back. */
  void lose(int worker) {
    Process lost = workers.get(worker);
    // If it outlived its executors, it would start them again.
    List<ProcessHandle> children = lost.descendants().toList();
    lost.destroyForcibly();
    children.forEach(ProcessHandle::destroyForcibly);
  }

  @Override
  public void close() {
    for (int i = 0; i < workers.size(); i++) {
      lose(i);
    }
    master.destroyForcibly();
  }
}
