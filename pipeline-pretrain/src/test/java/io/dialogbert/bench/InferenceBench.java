package io.dialogbert.bench;

import io.dialogbert.model.EncoderConfig;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Pooled outputs against PyTorch, in the Dialog-BERT talk's three sizes. */
final class InferenceBench {
  private InferenceBench() {}

  public static void main(String[] args) throws IOException {
    Map<String, EncoderConfig> sizes = new LinkedHashMap<>();
    sizes.put("base", BenchCase.encoder(12, 768, 30006));
    sizes.put("small", BenchCase.encoder(10, 512, 30006));
    sizes.put("xsmall", BenchCase.encoder(8, 512, 30006));
    BenchReport report = new BenchReport("inference");
    for (Map.Entry<String, EncoderConfig> size : sizes.entrySet()) {
      single(report, size.getKey(), size.getValue());
    }
    for (Map.Entry<String, EncoderConfig> size : sizes.entrySet()) {
      BenchCase floats = BenchCase.inference(size.getValue(), RealLengths.batches(4, 64));
      for (BenchCase benchCase : floats.inAllPrecisions()) {
        SideBySide result = SideBySide.run(benchCase, 2);
        String what = size.getKey() + ", " + benchCase;
        report.add(what, result.speedup(), "x PyTorch", 1.0, 1.8);
        report.add(what + ", ours", 64 / BenchReport.median(result.ours()), "sequences/s");
        report.add(what + ", PyTorch", 64 / BenchReport.median(result.theirs()), "sequences/s");
      }
    }
    System.exit(report.print());
  }

  private static void single(BenchReport report, String size, EncoderConfig encoder)
      throws IOException {
    BenchCase floats = BenchCase.inference(encoder, BenchCase.equal(1, 48));
    for (BenchCase benchCase : floats.inAllPrecisions()) {
      single(report, size, benchCase);
    }
  }

  private static void single(BenchReport report, String size, BenchCase benchCase)
      throws IOException {
    SideBySide result = SideBySide.run(benchCase, 40);
    String what = size + ", " + benchCase;
    report.add(what + ", parameters", result.parameters() / 1e6, "million");
    for (int percent : new int[] {50, 99}) {
      double ours = BenchReport.percentile(result.ours(), percent / 100.0);
      double theirs = BenchReport.percentile(result.theirs(), percent / 100.0);
      report.add(what + ", p" + percent, theirs / ours, "x PyTorch", 1.0, 1.5);
      report.add(what + ", p" + percent + ", ours", 1000 * ours, "ms");
      report.add(what + ", p" + percent + ", PyTorch", 1000 * theirs, "ms");
    }
    report.add(what + ", resident, ours", result.ourMemory(), "MiB");
    report.add(what + ", resident, PyTorch", result.theirMemory(), "MiB");
  }
}
