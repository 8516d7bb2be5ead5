package io.dialogbert.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.FloatPointer;

/**
 * A case that this project and a peer, PyTorch as a rule, run in alternating turns. The machine's
 * own rate of matrix products is measured between the turns.
 *
 * @param ours seconds of each of our repetitions
 * @param theirs seconds of each of the peer's
 * @param speedups the peer's median over ours, one for each turn
 * @param sgemmRates 1e9 operations a second, one for each turn
 * @param ourMemory peak resident MiB of the process
 * @param theirMemory the same for the peer
 */
record SideBySide(
    long parameters,
    List<Double> ours,
    List<Double> theirs,
    List<Double> speedups,
    List<Double> sgemmRates,
    double ourMemory,
    double theirMemory) {
  private static final int TURNS = 5;

  /** For the mean of logits that differ only by rounding. */
  private static final double TOLERANCE = 1e-4;

  /** Against PyTorch; like {@link #run(BenchCase, int, Function)}. */
  static SideBySide run(BenchCase benchCase, int repetitions) throws IOException {
    return run(benchCase, repetitions, Contender::torch);
  }

  /**
   * Five turns of {@code repetitions} each, after an uncounted warm-up of at least as many and as
   * there are batches.
   */
  static SideBySide run(BenchCase benchCase, int repetitions, Function<BenchCase, Contender> peer)
      throws IOException {
    List<Double> ours = new ArrayList<>();
    List<Double> theirs = new ArrayList<>();
    List<Double> speedups = new ArrayList<>();
    List<Double> rates = new ArrayList<>();
    try (Contender us = Contender.ours(benchCase);
        Contender them = peer.apply(benchCase)) {
      requireSame(us, them);
      int warmUp = Math.max(repetitions, benchCase.batches().size());
      us.run(warmUp);
      them.run(warmUp);
      for (int turn = 0; turn < TURNS; turn++) {
        List<Double> our = us.run(repetitions);
        List<Double> their = them.run(repetitions);
        ours.addAll(our);
        theirs.addAll(their);
        speedups.add(BenchReport.median(their) / BenchReport.median(our));
        rates.add(sgemmRate());
        System.err.printf(
            Locale.ROOT,
            "%s %s: ours %.4f s, %s %.4f s, sgemm %.0f GFLOP/s%n",
            benchCase.kind(),
            benchCase,
            BenchReport.median(our),
            them.name(),
            BenchReport.median(their),
            rates.get(turn));
      }
      return new SideBySide(
          us.parameters(), ours, theirs, speedups, rates, us.peakMemory(), them.peakMemory());
    }
  }

  private static void requireSame(Contender us, Contender them) {
    if (Math.abs(us.firstLogits() - them.firstLogits()) > TOLERANCE) {
      throw new IllegalStateException(
          "both sides must compute the same; the first logits are %g and, of %s, %g"
              .formatted(us.firstLogits(), them.name(), them.firstLogits()));
    }
  }

  double speedup() {
    return BenchReport.median(speedups);
  }

  /** The rate of oneDNN's matrix product on this machine. */
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
