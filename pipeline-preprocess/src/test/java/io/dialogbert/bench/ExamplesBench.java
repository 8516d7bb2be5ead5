package io.dialogbert.bench;

import io.dialogbert.preprocess.ExamplesWorker;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Token ids to examples in Parquet on one core, against a plain Python program with the rules of
 * BERT's own. A second is one of CPU time: that of all threads, the JVM's own included.
 */
final class ExamplesBench {
  private static final int DIALOGUES = 80_000;
  private static final int WARM_UPS = 3;
  private static final int TURNS = 5;

  private ExamplesBench() {}

  public static void main(String[] args) throws IOException {
    Path directory = Files.createTempDirectory("dialogbert-examples-bench");
    int status;
    try {
      status = measure(directory);
    } finally {
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
    System.exit(status);
  }

  private static int measure(Path directory) throws IOException {
    String dialogues = directory.resolve("dialogues").toString();
    ExamplesWorker.writeDialogues(dialogues, DIALOGUES);
    List<Double> ours = new ArrayList<>();
    List<Double> theirs = new ArrayList<>();
    List<Double> ratios = new ArrayList<>();
    List<Double> wallRatios = new ArrayList<>();
    BenchReport report = new BenchReport("examples");
    try (Maker us = ours(dialogues, directory.resolve("ours").toString());
        Maker peer = python(dialogues, directory.resolve("theirs.parquet").toString())) {
      for (int i = 0; i < WARM_UPS; i++) {
        us.run();
      }
      long ourExamples = 0;
      long theirExamples = 0;
      for (int turn = 0; turn < TURNS; turn++) {
        Pass our = us.run();
        Pass their = peer.run();
        ourExamples = our.examples();
        theirExamples = their.examples();
        ours.add(our.examples() / our.cpuSeconds());
        theirs.add(their.examples() / their.cpuSeconds());
        ratios.add(ours.get(turn) / theirs.get(turn));
        wallRatios.add(our.examples() / our.seconds() / (their.examples() / their.seconds()));
        System.err.printf(
            Locale.ROOT,
            "examples: ours %.0f a second, Python %.0f%n",
            ours.get(turn),
            theirs.get(turn));
      }
      report.add("examples per second and core", BenchReport.median(ratios), "x Python", 1.0, 10.0);
      report.add("the same by the clock", BenchReport.median(wallRatios), "x Python");
      report.add("ours", BenchReport.median(ours), "examples/s");
      report.add("Python", BenchReport.median(theirs), "examples/s");
      report.add("examples written, ours", (double) ourExamples, "examples");
      report.add("examples written, Python", (double) theirExamples, "examples");
      report.add("resident, ours", us.peakMemory(), "MiB");
      report.add("resident, Python", peer.peakMemory(), "MiB");
    }
    return report.print();
  }

  private static Maker ours(String dialogues, String output) throws IOException {
    List<String> command = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java"));
    command.add("-Xmx1g");
    // The JVM of a machine with one core: one thread each to compile and to collect garbage.
    command.add("-XX:ActiveProcessorCount=1");
    command.add("@" + System.getProperty("bench.root") + "/conf/jvm.options");
    command.add("-Dlog4j2.configurationFile=" + System.getProperty("log4j2.configurationFile"));
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), ExamplesWorker.class.getName()));
    command.addAll(List.of(dialogues, output));
    return new Maker("ours", command);
  }

  private static Maker python(String dialogues, String output) throws IOException {
    String script =
        System.getProperty("bench.root") + "/pipeline-preprocess/src/test/python/examples_peer.py";
    return new Maker(
        "Python", List.of(System.getProperty("bench.python"), script, dialogues, output));
  }

  /** What one pass over all dialogues took. */
  private record Pass(long examples, double seconds, double cpuSeconds) {}

  /** A process that makes all examples whenever it is sent a line. */
  private static final class Maker implements AutoCloseable {
    private final String name;
    private final Process process;
    private final Writer requests;
    private final BufferedReader replies;

    private Maker(String name, List<String> command) throws IOException {
      this.name = name;
      process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      requests = process.outputWriter(StandardCharsets.UTF_8);
      replies = process.inputReader(StandardCharsets.UTF_8);
    }

    private Pass run() throws IOException {
      requests.write("\n");
      requests.flush();
      String line = replies.readLine();
      if (line == null) {
        throw new IOException(name + " ended; its message is above");
      }
      String[] parts = line.split(" ");
      return new Pass(
          Long.parseLong(parts[0]), Double.parseDouble(parts[1]), Double.parseDouble(parts[2]));
    }

    /** The most memory that the process held at a time, in MiB. */
    private double peakMemory() throws IOException {
      return Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status")).stream()
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) / 1024)
          .sum();
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
}
