package io.dialogbert.bench;

import io.dialogbert.model.EncoderConfig;
import java.io.IOException;

/** Training steps, optimizer included, against PyTorch. */
final class EncoderBench {
  private EncoderBench() {}

  public static void main(String[] args) throws IOException {
    EncoderConfig base = BenchCase.encoder(12, 768, 30006);
    EncoderConfig tables = BenchCase.encoder(4, 256, 8000);
    BenchReport report = new BenchReport("encoder");
    compare(report, BenchCase.training(base, BenchCase.equal(32, 48)), 2, 1.0, 1.25, null);
    compare(report, BenchCase.training(base, BenchCase.equal(64, 48)), 1, 1.0, 1.25, 1.0);
    compare(report, BenchCase.training(base, RealLengths.batches(4, 32)), 2, 1.3, 1.8, null);
    compare(report, BenchCase.training(tables, BenchCase.equal(32, 48)), 20, 1.0, 1.5, null);
    System.exit(report.print());
  }

  private static void compare(
      BenchReport report,
      BenchCase benchCase,
      int repetitions,
      double must,
      double aim,
      Double mustMemory)
      throws IOException {
    for (BenchCase precise : benchCase.inAllPrecisions()) {
      compareOne(report, precise, repetitions, must, aim, mustMemory);
    }
  }

  private static void compareOne(
      BenchReport report,
      BenchCase benchCase,
      int repetitions,
      double must,
      double aim,
      Double mustMemory)
      throws IOException {
    SideBySide result = SideBySide.run(benchCase, repetitions);
    double seconds = BenchReport.median(result.ours());
    double rate = benchCase.trainingGflop() / seconds;
    String what = "training step, " + benchCase;
    report.add(what, result.speedup(), "x PyTorch", must, aim);
    report.add(what + ", ours", seconds, "s");
    report.add(what + ", PyTorch", BenchReport.median(result.theirs()), "s");
    report.add(
        what + ", share of sgemm's rate",
        100 * rate / BenchReport.median(result.sgemmRates()),
        "%",
        null,
        95.0);
    report.add(what + ", resident, ours", result.ourMemory(), "MiB");
    report.add(what + ", resident, PyTorch", result.theirMemory(), "MiB");
    report.add(
        what + ", resident, PyTorch's over ours",
        result.theirMemory() / result.ourMemory(),
        "x",
        mustMemory,
        mustMemory == null ? null : 1 / 0.7);
  }
}
