package io.dialogbert.bench;

import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.Target;
import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.model.dl4j.TrainingSettings;
import io.dialogbert.model.head.Head;
import io.dialogbert.model.head.ModelConfig;
import io.dialogbert.model.head.SpanLoss;
import io.dialogbert.model.head.Weight;
import io.dialogbert.model.kernel.Threads;
import io.dialogbert.text.piece.SpecialTokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.schedule.FixedSchedule;

/**
 * Peak resident memory of this process over training steps on long sequences: a span head on a base
 * encoder, as in reading comprehension.
 */
final class MemoryBench {
  private static final int SEQUENCES = 32;
  private static final int TOKENS = 384;
  private static final int THREADS = 2;
  private static final double MIB = 1 << 20;

  /** Bytes that must be enough for the process. */
  private static final double ALLOWED = 8e9;

  private MemoryBench() {}

  public static void main(String[] args) throws IOException {
    Threads.use(THREADS);
    EncoderConfig encoder =
        new EncoderConfig(768, 12, 12, 3072, 32_000, 512, 2, 2, 0.1, 0.1, 0.02, 1e-12);
    ModelConfig model =
        new ModelConfig(
            encoder, List.of(Head.span("answer")), List.of(new SpanLoss("", "answer", Weight.ONE)));
    TrainingSettings settings =
        new TrainingSettings(
            new FixedSchedule(5e-5), 0.01, 0.9, 0.999, 1e-6, 1, TrainingSettings.Optimizer.ADAMW);
    ComputationGraph graph = Graphs.create(model, settings, 1);
    PackedBatch batch = batch(encoder.vocabSize());
    // The first step allocates the buffers.
    Graphs.fit(graph, batch);
    long start = System.nanoTime();
    Graphs.fit(graph, batch);
    double seconds = (System.nanoTime() - start) / 1e9;

    double peak = peakBytes();
    String what = "training step, base, batch %d, %d tokens".formatted(SEQUENCES, TOKENS);
    BenchReport report = new BenchReport("memory");
    report.add(what + ", parameters", graph.numParams() / 1e6, "million");
    report.add(what + ", resident", peak / MIB, "MiB");
    report.add(
        what + ", %.0f MiB over resident".formatted(ALLOWED / MIB), ALLOWED / peak, "x", 1.0, 1.0);
    report.add(what, seconds, "s");
    System.exit(report.print());
  }

  private static PackedBatch batch(int vocabSize) {
    SplittableRandom random = new SplittableRandom(1);
    PackedBatch.Builder builder = PackedBatch.builder();
    int[] firstRows = new int[SEQUENCES];
    int[] lastRows = new int[SEQUENCES];
    for (int b = 0; b < SEQUENCES; b++) {
      int[] inputIds = random.ints(TOKENS, SpecialTokens.ALL.size(), vocabSize).toArray();
      int first = builder.add(inputIds, new int[TOKENS], new int[TOKENS]);
      firstRows[b] = first + random.nextInt(TOKENS / 2);
      lastRows[b] = firstRows[b] + random.nextInt(TOKENS / 2);
    }
    return builder.build().with("answer", new Target.Spans(firstRows, lastRows));
  }

  private static double peakBytes() throws IOException {
    String status = Files.readString(Path.of("/proc/self/status"));
    return 1024 * Double.parseDouble(status.replaceAll("(?s).*VmHWM:\\s*(\\d+) kB.*", "$1"));
  }
}
