package io.dialogbert.bench;

import io.dialogbert.train.ExampleReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Parameter averaging: against DL4J's own training master in turns, at the size of BERT base, and
 * how much of a run it takes.
 */
final class AveragingBench {
  private static final int TURNS = 5;
  private static final int BATCH = 32;
  private static final int FREQUENCY = 16;
  private static final int ROUNDS = 2;

  /** Of the pretrain job, in steps; checkpoints and evaluations on so many examples. */
  private static final int INTERVAL = 10_000;
  private static final int EVALUATED = 10_000;

  private final BenchReport report = new BenchReport("averaging");
  private final BenchDirectory directory;

  private AveragingBench(BenchDirectory directory) {
    this.directory = directory;
  }

  public static void main(String[] args) throws IOException {
    int status;
    try (BenchDirectory directory = new BenchDirectory()) {
      AveragingBench bench = new AveragingBench(directory);
      bench.compare();
      bench.base();
      status = bench.report.print();
    }
    System.exit(status);
  }

  /** Both sides with two executors of one core, and a driver by itself. */
  private void compare() throws IOException {
    List<ExampleReader.Part> parts = BenchExamples.write(directory, 1, 4096, 8000);
    List<AveragingCase.Reply> ours = new ArrayList<>();
    List<AveragingCase.Reply> stock = new ArrayList<>();
    List<Double> speedups = new ArrayList<>();
    String cluster = "local-cluster[" + AveragingCase.WORKERS + ",1,1024]";
    AveragingCase us =
        new AveragingCase(false, cluster, 4, 256, 8000, BATCH, FREQUENCY, ROUNDS, parts, own("ours"));
    AveragingCase them =
        new AveragingCase(true, cluster, 4, 256, 8000, BATCH, FREQUENCY, ROUNDS, parts, own("stock"));
    try (BenchProcess our = start(us, "2g");
        BenchProcess their = start(them, "2g")) {
      ask(our, "rounds");
      ask(their, "rounds");
      for (int turn = 0; turn < TURNS; turn++) {
        ours.add(ask(our, "rounds"));
        stock.add(ask(their, "rounds"));
        speedups.add(stock.get(turn).seconds() / ours.get(turn).seconds());
      }
      double seconds = median(ours, AveragingCase.Reply::seconds);
      report.add("examples/s, ours over stock", BenchReport.median(speedups), "x", 1.0, 1.5);
      report.add("ours", us.examples() / seconds, "examples/s");
      report.add("stock", us.examples() / median(stock, AveragingCase.Reply::seconds), "examples/s");
    }
  }

  private interface Figure extends java.util.function.ToDoubleFunction<AveragingCase.Reply> {}

  private static double median(List<AveragingCase.Reply> replies, Figure figure) {
    return BenchReport.median(replies.stream().map(figure::applyAsDouble).toList());
  }

  private void base() throws IOException {}

  private String own(String name) throws IOException {
    return Files.createDirectories(directory.file(name)).toString();
  }

  /** A driver with a heap; its executors' jars are those of this JVM. */
  private static BenchProcess start(AveragingCase averagingCase, String heap) throws IOException {
    Path sparkHome = Path.of(averagingCase.directory(), "spark");
    Files.createDirectories(sparkHome.resolve("jars"));
    return BenchProcess.java(
        List.of(
            "env",
            "SPARK_HOME=" + sparkHome,
            "SPARK_SCALA_VERSION=2.12",
            "SPARK_LOCAL_IP=127.0.0.1"),
        List.of(
            "-Xmx" + heap,
            "-XX:+UseSerialGC",
            "@" + System.getProperty("bench.root") + "/conf/jvm.options",
            "-Dbench.root=" + System.getProperty("bench.root")),
        AveragingWorker.class,
        averagingCase.toJson());
  }

  private static AveragingCase.Reply ask(BenchProcess process, String request) throws IOException {
    AveragingCase.Reply reply = AveragingCase.Reply.read(process.ask(request));
    System.err.printf(Locale.ROOT, "%s: %s%n", request, reply);
    return reply;
  }
}
