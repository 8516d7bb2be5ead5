package io.dialogbert.bench;

import io.dialogbert.job.example.ExamplesWorker;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Token ids to examples in Parquet on one core, against a plain Python program with the rules of
 * BERT's own. Seconds are CPU seconds of all threads, the JVM's own included.
 */
final class ExamplesBench {
  private static final int DIALOGUES = 80_000;
  private static final int WARM_UPS = 3;
  private static final int TURNS = 5;

  private ExamplesBench() {}

  public static void main(String[] args) throws IOException {
    int status;
    try (BenchDirectory directory = new BenchDirectory()) {
      status = measure(directory);
    }
    System.exit(status);
  }

  private static int measure(BenchDirectory directory) throws IOException {
    Path dialogues = directory.file("dialogues");
    ExamplesWorker.writeDialogues(dialogues.toString(), DIALOGUES);
    List<Double> ours = new ArrayList<>();
    List<Double> theirs = new ArrayList<>();
    List<Double> ratios = new ArrayList<>();
    List<Double> wallRatios = new ArrayList<>();
    BenchReport report = new BenchReport("examples");
    // The JVM settings for a machine with one core: one thread each for compilation and GC.
    List<String> jvm =
        List.of(
            "-Xmx1g",
            "-XX:ActiveProcessorCount=1",
            "@" + System.getProperty("bench.root") + "/conf/jvm.options");
    try (BenchProcess us =
            BenchProcess.java(
                List.of(), jvm, ExamplesWorker.class, dialogues, directory.file("ours"));
        BenchProcess peer =
            BenchProcess.python(
                List.of(), "examples_peer.py", dialogues, directory.file("theirs.parquet"))) {
      for (int i = 0; i < WARM_UPS; i++) {
        Pass.of(us);
      }
      long ourExamples = 0;
      long theirExamples = 0;
      for (int turn = 0; turn < TURNS; turn++) {
        Pass our = Pass.of(us);
        Pass their = Pass.of(peer);
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

  /** Result of one pass over all dialogues. */
  private record Pass(long examples, double seconds, double cpuSeconds) {
    static Pass of(BenchProcess process) throws IOException {
      String[] parts = process.ask("make").split(" ");
      return new Pass(
          Long.parseLong(parts[0]), Double.parseDouble(parts[1]), Double.parseDouble(parts[2]));
    }
  }
}
