package io.dialogbert.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The cost of one job in its own JVM, JVM start included. The job is started as users start it, on
 * {@value #CORES} cores and with a heap of {@value #HEAP}.
 *
 * @param cpuSeconds CPU time of all its threads, in user mode and in the kernel
 */
record BenchJob(double seconds, double cpuSeconds, long heapMib, long residentMib) {
  static final int CORES = 2;
  static final String HEAP = "4g";

  /** Linux's unit of CPU time. */
  private static final double TICKS_PER_SECOND = 100;

  static BenchJob run(BenchDirectory directory, String name, String... settings)
      throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of(name, "--config"));
    arguments.add(
        directory
            .write("bench.conf", List.of("spark.master = \"local[" + CORES + "]\""))
            .toString());
    String output = "";
    for (String setting : settings) {
      arguments.addAll(List.of("--set", setting));
      output = setting.startsWith(name + ".output=") ? setting.split("=")[1] : output;
    }
    BenchJob process = process(directory, "io.dialogbert.frame.JobMain", arguments);
    JsonNode run = manifest(Path.of(output)).path("run");
    return new BenchJob(
        process.seconds(),
        process.cpuSeconds(),
        run.path("peak_heap_mib").asLong(),
        run.path("peak_resident_mib").asLong());
  }

  /** Runs any main class in the way a job is run; memory is not measured. */
  static BenchJob process(BenchDirectory directory, String main, List<String> arguments)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                System.getProperty("java.home") + "/bin/java",
                "-Xmx" + HEAP,
                "-XX:ActiveProcessorCount=" + CORES,
                "@" + System.getProperty("bench.root") + "/conf/jvm.options",
                "-Dlog4j2.configurationFile=" + System.getProperty("log4j2.configurationFile")));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main));
    command.addAll(arguments);
    double before = cpuOfChildren();
    long start = System.nanoTime();
    int status =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(directory.file("log").toFile()))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start()
            .waitFor();
    double seconds = (System.nanoTime() - start) / 1e9;
    if (status != 0) {
      throw new IOException(main + " failed; its message is above: " + arguments);
    }
    return new BenchJob(seconds, cpuOfChildren() - before, 0, 0);
  }

  /** CPU seconds of all ended child processes of this one. */
  private static double cpuOfChildren() throws IOException {
    String stat = Files.readString(Path.of("/proc/self/stat"));
    // The process name, in parentheses, may contain spaces.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(fields[13]) + Long.parseLong(fields[14])) / TICKS_PER_SECOND;
  }

  static JsonNode manifest(Path output) throws IOException {
    return new ObjectMapper().readTree(output.resolve("manifest.json").toFile());
  }
}
