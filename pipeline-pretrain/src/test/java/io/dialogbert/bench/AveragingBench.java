package io.dialogbert.bench;

import io.dialogbert.bench.AveragingCase.Reply;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.kernel.Precision;
import io.dialogbert.train.ExampleReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * Measures parameter averaging: against DL4J's own training master, in alternating turns; at the
 * size of BERT base; and as the share of a run that is training.
 */
final class AveragingBench {
  private static final int TURNS = 5;
  private static final int BATCH = 32;
  private static final int FREQUENCY = 16;
  private static final int ROUNDS = 2;
  private static final int VOCAB_SIZE = 8_000;
  private static final int BASE_VOCAB_SIZE = 30_006;

  /** Local steps between two averages that pipeline-pretrain's docs/results.md recommends. */
  private static final int RECOMMENDED_FREQUENCY = 64;

  /**
   * The pretrain job's defaults: steps between evaluations and checkpoints, examples of one
   * evaluation.
   */
  private static final int INTERVAL = 10_000;

  private static final int EVALUATED = 10_000;

  private static final double MIB = 1 << 20;

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

  /** Both sides with two executors of one core each, and a separate driver. */
  private void compare() throws IOException {
    String cluster = "local-cluster[" + AveragingCase.WORKERS + ",1,1024]";
    List<ExampleReader.Part> parts = examples("small", VOCAB_SIZE);
    AveragingCase us =
        new AveragingCase(
            false, cluster, 4, 256, VOCAB_SIZE, BATCH, FREQUENCY, ROUNDS, parts, own("ours"));
    AveragingCase them =
        new AveragingCase(
            true, cluster, 4, 256, VOCAB_SIZE, BATCH, FREQUENCY, ROUNDS, parts, own("stock"));
    List<Reply> ours = new ArrayList<>();
    List<Reply> stock = new ArrayList<>();
    try (BenchProcess our = start(us, "2g");
        BenchProcess their = start(them, "2g")) {
      ask(our, "rounds");
      ask(their, "rounds");
      for (int turn = 0; turn < TURNS; turn++) {
        ours.add(ask(our, "rounds"));
        stock.add(ask(their, "rounds"));
      }
      speed(us, ours, stock);
      bytes(ours.get(0), stock.get(0));
      heap(our, their);
      overhead(
          "4 layers / 256",
          median(ours, Reply::trainSeconds) / (ROUNDS * FREQUENCY),
          median(ours, reply -> reply.seconds() - reply.trainSeconds()) / ROUNDS,
          ask(our, "evaluate").seconds(),
          ask(our, "checkpoint").seconds());
    }
  }

  private void speed(AveragingCase us, List<Reply> ours, List<Reply> stock) {
    List<Double> speedups = new ArrayList<>();
    for (int turn = 0; turn < TURNS; turn++) {
      speedups.add(stock.get(turn).seconds() / ours.get(turn).seconds());
    }
    report.add("examples/s, ours over stock", BenchReport.median(speedups), "x", 1.0, 1.5);
    report.add("ours", us.examples() / median(ours, Reply::seconds), "examples/s");
    report.add("stock", us.examples() / median(stock, Reply::seconds), "examples/s");
  }

  private void bytes(Reply ours, Reply stock) {
    double driver = (double) stock.driverBytes() / ours.driverBytes();
    report.add("bytes through the driver, stock over ours", driver, "x", 1.0, 10.0);
    report.add("a round, ours, through the driver", ours.driverBytes() / MIB / ROUNDS, "MiB");
    report.add("a round, stock, through the driver", stock.driverBytes() / MIB / ROUNDS, "MiB");
    double all = (ours.sparkBytes() + ours.fileBytes()) / MIB / ROUNDS;
    report.add("a round, ours, files written and read, and Spark's", all, "MiB");
    report.add("a round, stock, all of Spark's", stock.sparkBytes() / MIB / ROUNDS, "MiB");
  }

  private void heap(BenchProcess our, BenchProcess their) throws IOException {
    double idle = Reply.read(our.greeting()).liveHeap() / MIB;
    double stockIdle = Reply.read(their.greeting()).liveHeap() / MIB;
    double ours = ask(our, "heap").liveHeap() / MIB - idle;
    double stock = ask(their, "heap").liveHeap() / MIB - stockIdle;
    report.add("driver's heap above idle, stock over ours", stock / ours, "x", 1.0, 10.0);
    report.add("driver's heap above idle, ours", ours, "MiB");
    report.add("driver's heap above idle, stock", stock, "MiB");
    report.add("driver's heap, idle, ours", idle, "MiB");
    report.add("driver's heap, idle, stock", stockIdle, "MiB");
    report.add("driver resident, ours", our.peakMemory(), "MiB");
    report.add("driver resident, stock", their.peakMemory(), "MiB");
  }

  /** Driver and both workers in one JVM with a small heap. */
  private void base() throws IOException {
    double heap = 1;
    AveragingCase averagingCase =
        new AveragingCase(
            false,
            "local[" + AveragingCase.WORKERS + "]",
            12,
            768,
            BASE_VOCAB_SIZE,
            2,
            1,
            ROUNDS,
            examples("base", BASE_VOCAB_SIZE),
            own("base"));
    double averaging;
    double evaluation;
    double checkpoint;
    try (BenchProcess process = start(averagingCase, "1g")) {
      // The first round also sets up the networks.
      ask(process, "rounds");
      Reply rounds = ask(process, "rounds");
      averaging = (rounds.seconds() - rounds.trainSeconds()) / ROUNDS;
      report.add("base, 3 GB over the heap that it runs with", 3 / heap, "x", 1.0, null);
      report.add("base, averaging of a round", averaging, "s");
      report.add(
          "base, a round's files written and read", rounds.fileBytes() / MIB / ROUNDS, "MiB");
      report.add("base, live heap", ask(process, "heap").liveHeap() / MIB, "MiB");
      evaluation = ask(process, "evaluate").seconds();
      checkpoint = ask(process, "checkpoint").seconds();
      report.add("base, checkpoint", checkpoint, "s");
      report.add("base, resident", process.peakMemory(), "MiB");
    }
    EncoderConfig encoder = BenchCase.encoder(12, 768, BASE_VOCAB_SIZE);
    BenchCase training =
        new BenchCase(
            "training",
            1,
            Precision.FLOAT32,
            encoder,
            null,
            "",
            RealLengths.batches(ROUNDS, BATCH));
    try (Contender ours = Contender.ours(training)) {
      ours.run(1);
      double step = BenchReport.median(ours.run(ROUNDS));
      overhead("12 layers / 768", step, averaging, evaluation, checkpoint);
    }
  }

  /** The share of a run's time that is training, at the recommended frequency. */
  private void overhead(
      String encoder, double step, double round, double evaluation, double checkpoint) {
    double evaluations = evaluation * EVALUATED / AveragingWorker.EVALUATED;
    double other = round / RECOMMENDED_FREQUENCY + (evaluations + checkpoint) / INTERVAL;
    String what = encoder + ", averages every " + RECOMMENDED_FREQUENCY + " steps, ";
    report.add(what + "share of training", 100 * step / (step + other), "%", 95.0, null);
    report.add(what + "a worker's step", step, "s");
    report.add(what + "rest of a round", round, "s");
    report.add(what + "an evaluation", evaluations, "s");
    report.add(what + "a checkpoint", checkpoint, "s");
  }

  private static double median(List<Reply> replies, ToDoubleFunction<Reply> figure) {
    return BenchReport.median(replies.stream().map(figure::applyAsDouble).toList());
  }

  private List<ExampleReader.Part> examples(String name, int vocabSize) throws IOException {
    return BenchExamples.write(Files.createDirectories(directory.file(name)), 1, 4096, vocabSize);
  }

  private String own(String name) throws IOException {
    return Files.createDirectories(directory.file(name)).toString();
  }

  /** Starts a driver with a heap; its executors use this JVM's class path. */
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

  private static Reply ask(BenchProcess process, String request) throws IOException {
    Reply reply = Reply.read(process.ask(request));
    System.err.printf(Locale.ROOT, "%s: %s%n", request, reply);
    return reply;
  }
}
