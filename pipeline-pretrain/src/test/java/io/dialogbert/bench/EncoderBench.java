package io.dialogbert.bench;

import io.dialogbert.model.EncoderConfig;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Training steps of this project and of PyTorch, in turns, with the machine's own rate of matrix
 * products measured between them.
 */
final class EncoderBench {
  private static final int PAIRS = 5;

  private EncoderBench() {}

  public static void main(String[] args) throws IOException {
    int threads = Runtime.getRuntime().availableProcessors();
    EncoderConfig base = BenchCase.encoder(12, 768, 30006);
    BenchReport report = new BenchReport("encoder");
    List<List<Integer>> real = RealLengths.batches(8, 32);
    compare(
        report, new BenchCase("training", threads, base, BenchCase.equal(32, 48)), 2, 1.0, 1.25);
    compare(
        report, new BenchCase("training", threads, base, BenchCase.equal(64, 48)), 1, 1.0, 1.25);
    compare(report, new BenchCase("training", threads, base, real), 2, 1.3, 1.8);
    EncoderConfig tables = BenchCase.encoder(4, 256, 8000);
    compare(
        report, new BenchCase("training", threads, tables, BenchCase.equal(32, 48)), 20, 1.0, 1.5);
    System.exit(report.print());
  }

  private static void compare(
      BenchReport report, BenchCase benchCase, int steps, double must, double aim)
      throws IOException {
    List<Double> ratios = new ArrayList<>();
    List<Double> ours = new ArrayList<>();
    List<Double> theirs = new ArrayList<>();
    List<Double> shares = new ArrayList<>();
    double ourMemory;
    double theirMemory;
    try (Contender us = Contender.ours(BenchWorker.class, benchCase);
        Contender torch = Contender.torch(benchCase)) {
      int warmUp = Math.max(steps, benchCase.batches().size());
      us.run(warmUp);
      torch.run(warmUp);
      for (int pair = 0; pair < PAIRS; pair++) {
        double our = BenchReport.median(us.run(steps));
        double rate = sgemmRate();
        double their = BenchReport.median(torch.run(steps));
        ours.add(our);
        theirs.add(their);
        ratios.add(their / our);
        shares.add(100 * benchCase.trainingGflop() / our / rate);
        System.err.printf(
            Locale.ROOT,
            "%s: ours %.3f s, PyTorch %.3f s, sgemm %.0f GFLOP/s%n",
            benchCase,
            our,
            their,
            rate);
      }
      ourMemory = us.peakMemory();
      theirMemory = torch.peakMemory();
    }
    String what = "training step, " + benchCase;
    report.add(what, BenchReport.median(ratios), "x PyTorch", must, aim);
    report.add(what + ": ours", BenchReport.median(ours), "s");
    report.add(what + ": PyTorch", BenchReport.median(theirs), "s");
    report.add(what + ": share of sgemm", BenchReport.median(shares), "%", null, 95.0);
    report.add(what + ": resident, ours", ourMemory, "MiB");
    report.add(what + ": resident, PyTorch", theirMemory, "MiB");
  }

  /** What oneDNN's matrix product reaches on this machine, in 1e9 operations a second. */
  private static double sgemmRate() {
    int m = 3072;
    int n = 3072;
    int k = 768;
    List<Double> seconds = new ArrayList<>();
    try (FloatPointer a = new FloatPointer((long) m * k).zero();
        FloatPointer b = new FloatPointer((long) k * n).zero();
        FloatPointer c = new FloatPointer((long) m * n).zero()) {
      byte plain = 'N';
      for (int i = 0; i < 6; i++) {
        long start = System.nanoTime();
        dnnl.dnnl_sgemm(plain, plain, m, n, k, 1, a, k, b, n, 0, c, n);
        seconds.add((System.nanoTime() - start) / 1e9);
      }
    }
    return 2.0 * m * n * k / BenchReport.median(seconds) / 1e9;
  }
}
