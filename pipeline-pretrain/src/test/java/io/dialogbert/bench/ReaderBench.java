package io.dialogbert.bench;

import io.dialogbert.example.MaskingConfig;
import io.dialogbert.example.PretrainExample;
import io.dialogbert.job.TinyTokenizer;
import io.dialogbert.model.kernel.Precision;
import io.dialogbert.train.ExampleReader;
import io.dialogbert.train.PretrainingTask;
import io.dialogbert.train.engine.BertEngine;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;

/**
 * How fast one thread reads examples from Parquet, masks and packs them, compared to how fast the
 * xsmall encoder trains on them.
 */
final class ReaderBench {
  private static final int FILES = 4;
  private static final int ROWS_PER_FILE = 25_000;
  private static final int BATCH = 32;
  private static final int VOCAB_SIZE = 30_006;

  private ReaderBench() {}

  public static void main(String[] args) throws IOException {
    int status;
    try (BenchDirectory directory = new BenchDirectory()) {
      status = measure(directory);
    }
    System.exit(status);
  }

  private static int measure(BenchDirectory directory) throws IOException {
    List<ExampleReader.Part> parts =
        BenchExamples.write(directory.file(""), FILES, ROWS_PER_FILE, VOCAB_SIZE);
    PretrainingTask task =
        new PretrainingTask(
            new BertEngine("", Precision.FLOAT32),
            TinyTokenizer.of(VOCAB_SIZE, 2),
            new MaskingConfig(0.15, 8, false, VOCAB_SIZE),
            1);
    // The first epoch warms up the JVM; the second, with its own files and masks, is measured.
    ExampleReader<PretrainExample> reader =
        new ExampleReader<>(new Configuration(), parts, task, 1);
    readEpoch(reader, task, 0);
    double rate = reader.size() / readEpoch(reader, task, 1);
    BenchCase training =
        BenchCase.training(BenchCase.encoder(8, 512, VOCAB_SIZE), RealLengths.batches(4, BATCH));
    double trainingRate;
    try (Contender ours = Contender.ours(training)) {
      ours.run(4);
      trainingRate = BATCH / BenchReport.median(ours.run(12));
    }
    BenchReport report = new BenchReport("reader");
    report.add("read, mask and pack, one thread", rate, "examples/s");
    report.add("train xsmall, real lengths, all cores", trainingRate, "examples/s");
    report.add("reader over training", rate / trainingRate, "x", 5.0, null);
    return report.print();
  }

  private static double readEpoch(
      ExampleReader<PretrainExample> reader, PretrainingTask task, long pass) throws IOException {
    long start = System.nanoTime();
    for (long at = 0; at < reader.size(); at += BATCH) {
      task.batch(reader.read(pass * reader.size() + at, BATCH), place -> pass);
    }
    return (System.nanoTime() - start) / 1e9;
  }
}
