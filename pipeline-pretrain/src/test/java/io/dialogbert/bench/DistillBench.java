package io.dialogbert.bench;

import io.dialogbert.model.EncoderConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.io.FileUtils;

/**
 * Steps of a student that learns labels and a teacher's logits, kept or asked for, against PyTorch
 * doing the same; and how fast the teacher is asked.
 */
final class DistillBench {
  private static final int TRAINED = 32;
  private static final int TAUGHT = 64;

  private final BenchReport report = new BenchReport("distill");
  private final Path shared;

  private DistillBench(Path shared) {
    this.shared = shared;
  }

  public static void main(String[] args) throws IOException {
    Path shared = Files.createTempDirectory("dialogbert-bench");
    int status;
    try {
      DistillBench bench = new DistillBench(shared);
      EncoderConfig base = BenchCase.encoder(12, 768, 30006);
      bench.compare("4/256", BenchCase.encoder(4, 256, 30006), base, 10);
      bench.compare("8/512", BenchCase.encoder(8, 512, 30006), base, 2);
      BenchCase teacher = BenchCase.prediction(base, shared, FinetuneBench.batches(TAUGHT));
      bench.add("the teacher alone, 12/768", teacher, 2, 2.0);
      status = bench.report.print();
    } finally {
      FileUtils.deleteDirectory(shared.toFile());
    }
    System.exit(status);
  }

  private void compare(String size, EncoderConfig student, EncoderConfig teacher, int repetitions)
      throws IOException {
    BenchCase training = BenchCase.finetuning(student, shared, FinetuneBench.batches(TRAINED));
    add(size + ", cached teacher", training.taught("cached", teacher), repetitions, 1.5);
    add(size + ", online teacher 12/768", training.taught("online", teacher), 2, 1.5);
  }

  private void add(String what, BenchCase floats, int repetitions, double aim) throws IOException {
    for (BenchCase benchCase : floats.inAllPrecisions()) {
      SideBySide result = SideBySide.run(benchCase, repetitions);
      String name = what + ", " + benchCase.precisionName();
      report.add(name, result.speedup(), "x PyTorch", 1.0, aim);
      int rows = benchCase.batches().get(0).size();
      report.add(name + ", ours", rows / BenchReport.median(result.ours()), "rows/s");
      report.add(name + ", PyTorch", rows / BenchReport.median(result.theirs()), "rows/s");
    }
  }
}
