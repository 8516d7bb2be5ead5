package io.dialogbert.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The cost of a job with next to nothing to do: {@value #MESSAGES} messages through ingest-messages
 * and build-dialogues, the same again when it is already done, and a report. Each is compared to
 * the cost of Spark itself: a session with a job's settings that copies one Parquet file with the
 * same number of rows. Seconds are CPU seconds of the whole process. All run in alternating turns,
 * so that other load on the machine affects all alike.
 */
final class StartupBench {
  private static final int MESSAGES = 77;
  private static final int TURNS = 5;
  private static final String BARE = "a bare session";
  private static final String INGEST = "ingest-messages";
  private static final String DIALOGUES = "build-dialogues";
  private static final String DONE = "ingest-messages, done already";
  private static final String REPORT = "report";

  private final BenchDirectory directory;
  private final Map<String, List<Double>> cpuSeconds = new TreeMap<>();
  private final Map<String, List<Double>> seconds = new TreeMap<>();

  private StartupBench(BenchDirectory directory) {
    this.directory = directory;
  }

  public static void main(String[] args) throws IOException, InterruptedException {
    int status;
    try (BenchDirectory directory = new BenchDirectory()) {
      status = new StartupBench(directory).measure();
    }
    System.exit(status);
  }

  private int measure() throws IOException, InterruptedException {
    Path sample = directory.file("sample");
    BenchJob.run(
        directory,
        "make-sample",
        "make-sample.output=" + sample,
        "make-sample.num-messages=" + MESSAGES,
        "make-sample.num-shards=1",
        "make-sample.broken-row-ratio=0");
    for (int turn = 0; turn < TURNS; turn++) {
      turn(sample.resolve("data"));
    }
    BenchReport report = new BenchReport("startup");
    report(report, INGEST, 0.5, 0.7);
    report(report, DIALOGUES, 0.4, 0.6);
    report(report, DONE, 2.0, 4.0);
    report(report, REPORT, 2.0, 4.0);
    report.add("CPU time, " + BARE, BenchReport.median(cpuSeconds.get(BARE)), "s");
    report.add("by the clock, " + BARE, BenchReport.median(seconds.get(BARE)), "s");
    return report.print();
  }

  private void report(BenchReport report, String what, double must, double aim) {
    List<Double> ratios = new ArrayList<>();
    for (int turn = 0; turn < TURNS; turn++) {
      ratios.add(cpuSeconds.get(BARE).get(turn) / cpuSeconds.get(what).get(turn));
    }
    report.add(BARE + " over " + what, BenchReport.median(ratios), "x", must, aim);
    report.add("CPU time, " + what, BenchReport.median(cpuSeconds.get(what)), "s");
    report.add("by the clock, " + what, BenchReport.median(seconds.get(what)), "s");
  }

  private void turn(Path input) throws IOException, InterruptedException {
    Path work = Files.createDirectory(directory.file("work"));
    Path messages = work.resolve("messages");
    String[] ingest = {
      "ingest-messages.input=[\"" + input + "\"]",
      "ingest-messages.output=" + messages,
      "ingest-messages.pseudonym-key-file="
          + directory.write("pseudonym.key", List.of("a key for measuring only"))
    };
    add(INGEST, BenchJob.run(directory, INGEST, ingest));
    add(DONE, BenchJob.run(directory, INGEST, ingest));
    add(
        DIALOGUES,
        BenchJob.run(
            directory,
            DIALOGUES,
            "build-dialogues.messages=" + messages,
            "build-dialogues.output=" + work.resolve("dialogues")));
    add(
        REPORT,
        BenchJob.run(
            directory, REPORT, "report.work=" + work, "report.output=" + work.resolve("report")));
    add(
        BARE,
        BenchJob.process(
            directory,
            BareSession.class.getName(),
            List.of(messages.resolve("data").toString(), directory.file("work/copy").toString())));
    BenchDirectory.delete(work);
  }

  private void add(String what, BenchJob job) {
    cpuSeconds.computeIfAbsent(what, key -> new ArrayList<>()).add(job.cpuSeconds());
    seconds.computeIfAbsent(what, key -> new ArrayList<>()).add(job.seconds());
    System.err.printf(
        Locale.ROOT, "startup: %s: %.1f s CPU, %.1f s%n", what, job.cpuSeconds(), job.seconds());
  }
}
