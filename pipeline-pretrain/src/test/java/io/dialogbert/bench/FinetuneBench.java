package io.dialogbert.bench;

import io.dialogbert.model.EncoderConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.apache.commons.io.FileUtils;

/**
 * Fine-tuning a classifier and predicting with it, against PyTorch and ONNX Runtime on the same
 * parameters and batches. Texts have the lengths of chat lines, and a batch has texts of about the
 * same length, so that padding costs the peers little.
 */
final class FinetuneBench {
  private static final int SHORTEST = 15;
  private static final int LONGEST = 25;
  private static final int TRAINED = 32;
  private static final int PREDICTED = 64;

  /** The first steps are warm-up, one for each batch. */
  private static final int NUM_BATCHES = 20;

  private final BenchReport report = new BenchReport("finetune");
  private final Path shared;

  private FinetuneBench(Path shared) {
    this.shared = shared;
  }

  public static void main(String[] args) throws IOException {
    Path shared = Files.createTempDirectory("dialogbert-bench");
    int status;
    try {
      FinetuneBench bench = new FinetuneBench(shared);
      bench.compare("4/256", BenchCase.encoder(4, 256, 8000), 10);
      bench.compare("base", BenchCase.encoder(12, 768, 30006), 2);
      status = bench.report.print();
    } finally {
      FileUtils.deleteDirectory(shared.toFile());
    }
    System.exit(status);
  }

  private void compare(String size, EncoderConfig encoder, int repetitions) throws IOException {
    BenchCase training = BenchCase.finetuning(encoder, shared, batches(TRAINED));
    BenchCase prediction = BenchCase.prediction(encoder, shared, batches(PREDICTED));
    String what = size + ", fine-tuning step";
    add(what, "PyTorch", training, repetitions, 1.5, Contender::torch);
    add(what, "torch.compile", training, repetitions, 1.5, Contender::compiled);
    what = size + ", prediction";
    add(what, "PyTorch", prediction, repetitions, 2.0, Contender::torch);
    add(what, "torch.compile", prediction, repetitions, 2.0, Contender::compiled);
    add(what, "ONNX Runtime", prediction, repetitions, 2.0, Contender::onnx);
  }

  private void add(
      String what,
      String peer,
      BenchCase benchCase,
      int repetitions,
      double aim,
      Function<BenchCase, Contender> contender)
      throws IOException {
    SideBySide result = SideBySide.run(benchCase, repetitions, contender);
    report.add(what + ", against " + peer, result.speedup(), "x", 1.0, aim);
    double least = Collections.min(result.speedups());
    double greatest = Collections.max(result.speedups());
    report.add(what + ", against " + peer + ", least of the turns", least, "x");
    report.add(what + ", against " + peer + ", greatest", greatest, "x");
    int rows = benchCase.batches().get(0).size();
    report.add(what + ", ours", rows / BenchReport.median(result.ours()), "rows/s");
    report.add(what + ", " + peer, rows / BenchReport.median(result.theirs()), "rows/s");
  }

  /** Batches of texts of about the same length, in random order. */
  static List<List<Integer>> batches(int size) {
    SplittableRandom random = new SplittableRandom(1);
    List<Integer> lengths =
        random.ints((long) NUM_BATCHES * size, SHORTEST, LONGEST + 1).sorted().boxed().toList();
    List<List<Integer>> batches = new ArrayList<>();
    for (int i = 0; i < NUM_BATCHES; i++) {
      batches.add(lengths.subList(i * size, (i + 1) * size));
    }
    Collections.shuffle(batches, new Random(1));
    return batches;
  }
}
