package io.dialogbert.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One side of a comparison, in its own process so that its memory can be measured. It prints one
 * line when it is ready, then answers each line with one line.
 */
final class BenchProcess implements AutoCloseable {
  private final Process process;
  private final Writer requests;
  private final BufferedReader replies;
  private final String greeting;

  private BenchProcess(List<String> command) throws IOException {
    process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    requests = process.outputWriter(StandardCharsets.UTF_8);
    replies = process.inputReader(StandardCharsets.UTF_8);
    greeting = receive();
  }

  /**
   * This project, in its own JVM.
   *
   * @param prefix command to start it with, such as {@link #oneCore}
   * @param options JVM options
   */
  static BenchProcess java(
      List<String> prefix, List<String> options, Class<?> main, Object... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(prefix);
    command.add(System.getProperty("java.home") + "/bin/java");
    command.addAll(options);
    command.add("-Dfile.encoding=UTF-8");
    command.add("-Dlog4j2.configurationFile=" + System.getProperty("log4j2.configurationFile"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    return start(command, arguments);
  }

  /** A script in our test sources, run by the Python that bin/bench found. */
  static BenchProcess python(List<String> prefix, String script, Object... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(prefix);
    command.add(System.getProperty("bench.python"));
    command.add(
        System.getProperty("bench.root") + "/pipeline-preprocess/src/test/python/" + script);
    return start(command, arguments);
  }

  private static BenchProcess start(List<String> command, Object... arguments) throws IOException {
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    return new BenchProcess(command);
  }

  /** Command prefix that pins a process to one core, the first that this process may use. */
  static List<String> oneCore() throws IOException {
    return List.of("taskset", "-c", status("self", "Cpus_allowed_list:").replaceAll("\\D.*", ""));
  }

  /** The line it printed when it was ready. */
  String greeting() {
    return greeting;
  }

  String ask(String request) throws IOException {
    requests.write(request + "\n");
    requests.flush();
    return receive();
  }

  private String receive() throws IOException {
    String line = replies.readLine();
    if (line == null) {
      throw new IOException("a process of the benchmark ended; its message is above");
    }
    return line;
  }

  /** Peak memory of the process, in MiB. */
  double peakMemory() throws IOException {
    return Double.parseDouble(status(Long.toString(process.pid()), "VmHWM:").replaceAll("\\D", ""))
        / 1024;
  }

  private static String status(String process, String field) throws IOException {
    return Files.readAllLines(Path.of("/proc", process, "status")).stream()
        .filter(line -> line.startsWith(field))
        .map(line -> line.substring(field.length()).strip())
        .findFirst()
        .orElseThrow();
  }

  @Override
  public void close() throws IOException {
    requests.close();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
