package io.dialogbert.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.model.dl4j.TrainingSettings;
import io.dialogbert.model.kernel.Threads;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.nd4j.linalg.schedule.FixedSchedule;

class MemoryIT {
  private static final int WARM_UP = 2_000;
  private static final int STEPS = 5_000;

  /**
   * A step that leaked one matrix [24 tokens, 48] would lose 4.5 KiB: 13 MiB in the 3,000 steps
   * counted.
   */
  private static final long ALLOWED = 8 << 20;

  /** In a separate JVM, whose heap is resident from the start: only native memory can grow. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void residentMemoryIsFlatOverFiveThousandSteps() throws Exception {
    Process process =
        new ProcessBuilder(
                System.getProperty("java.home") + "/bin/java",
                "-Xms256m",
                "-Xmx256m",
                "-XX:+AlwaysPreTouch",
                "-cp",
                System.getProperty("java.class.path"),
                Steps.class.getName())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(out).isZero();
    long growth = Long.parseLong(out.strip().replaceAll("(?s).*growth ", ""));
    assertThat(growth).as("bytes in %d steps", STEPS - WARM_UP).isLessThan(ALLOWED);
  }

  /** Trains, then prints the growth of resident memory after the warm-up. */
  static final class Steps {
    public static void main(String[] args) throws IOException {
      Threads.use(1);
      EncoderConfig config = new EncoderConfig(32, 1, 2, 48, 40, 12, 2, 2, 0.1, 0.1, 0.02, 1e-12);
      TrainingSettings settings =
          new TrainingSettings(
              new FixedSchedule(1e-4), 0.01, 0.9, 0.999, 1e-6, 1, TrainingSettings.Optimizer.ADAMW);
      ComputationGraph graph = Graphs.create(ModelFixtures.pretraining(config), settings, 1);
      SplittableRandom random = new SplittableRandom(1);
      List<PackedBatch> batches = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        int[] lengths = random.ints(1 + random.nextInt(6), 2, 13).toArray();
        batches.add(ModelFixtures.batch(config, 2, random.nextLong(), lengths));
      }
      long before = 0;
      for (int step = 0; step < STEPS; step++) {
        if (step == WARM_UP) {
          before = residentBytes();
        }
        Graphs.fit(graph, batches.get(step % batches.size()));
      }
      System.out.println("growth " + (residentBytes() - before));
    }

    private static long residentBytes() throws IOException {
      // ND4J frees native memory after a collection.
      System.gc();
      String status = Files.readString(Path.of("/proc/self/status"));
      return 1024 * Long.parseLong(status.replaceAll("(?s).*VmRSS:\\s*(\\d+) kB.*", "$1"));
    }
  }
}
