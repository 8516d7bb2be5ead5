package io.dialogbert.bench;

import io.dialogbert.job.dialogue.NearDuplicatesWorker;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * How fast near-duplicates are found among dialogues in Parquet on one core, and the share of
 * planted ones found. Seconds are CPU seconds of all threads, the JVM's own included.
 */
public final class NearDuplicatesBench {
  private static final int DIALOGUES = 60_000;
  private static final int WARM_UPS = 2;
  private static final int TURNS = 3;

  private NearDuplicatesBench() {}

  public static void main(String[] args) throws IOException {
    BenchReport report = new BenchReport("near-duplicates");
    try (BenchDirectory directory = new BenchDirectory()) {
      measure(directory, report);
    }
    System.exit(report.print());
  }

  /** Adds the figures to a report. */
  public static void measure(BenchDirectory directory, BenchReport report) throws IOException {
    List<String> jvm =
        List.of(
            "-Xmx1g",
            "-XX:ActiveProcessorCount=1",
            "@" + System.getProperty("bench.root") + "/conf/jvm.options");
    List<Double> perCpuSecond = new ArrayList<>();
    List<Double> perSecond = new ArrayList<>();
    double[] answer = {};
    try (BenchProcess worker =
        BenchProcess.java(
            List.of(), jvm, NearDuplicatesWorker.class, directory.file("texts"), DIALOGUES)) {
      for (int turn = -WARM_UPS; turn < TURNS; turn++) {
        answer =
            Stream.of(worker.ask("find").split(" ")).mapToDouble(Double::parseDouble).toArray();
        double megabytes = answer[0] / 1e6;
        System.err.printf(
            Locale.ROOT,
            "near-duplicates: %.1f MB in %.1f s, %.1f CPU s%n",
            megabytes,
            answer[1],
            answer[2]);
        if (turn >= 0) {
          perSecond.add(megabytes / answer[1]);
          perCpuSecond.add(megabytes / answer[2]);
        }
      }
      report.add(
          "text searched for near-duplicates per second and core",
          BenchReport.median(perCpuSecond),
          "MB/s",
          1.0,
          2.0);
      report.add("the same by the clock", BenchReport.median(perSecond), "MB/s");
      report.add("near-duplicates, precision", answer[3], "", 0.99, 1.0);
      for (int i = 0; i < NearDuplicatesWorker.SIMILARITIES.size(); i++) {
        report.add(
            "removed of the pairs of similarity " + NearDuplicatesWorker.SIMILARITIES.get(i),
            answer[4 + i],
            "");
      }
      report.add("near-duplicates, resident", worker.peakMemory(), "MiB");
    }
  }
}
