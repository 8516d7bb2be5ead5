package io.dialogbert.job.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.example.ExampleConfig;
import io.dialogbert.example.ExampleStats;
import io.dialogbert.example.MaskingConfig;
import io.dialogbert.example.Pairing;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PartitionAccumulatorTest {
  private static final ExampleStats STATS =
      new ExampleStats(
          new ExampleConfig(Pairing.NEXT_SENTENCE, 48, 0.5, true, true),
          new MaskingConfig(0.15, 8, false, 100));

  @Test
  void countsAPartitionOnceHoweverOftenItIsComputed() {
    PartitionAccumulator<ExampleStats> driver = new PartitionAccumulator<>();
    assertThat(driver.isZero()).isTrue();
    for (int partition : new int[] {1, 0, 1}) {
      PartitionAccumulator<ExampleStats> task = new PartitionAccumulator<>();
      task.add(Map.entry(partition, STATS));
      driver.merge(task);
    }

    assertThat(driver.value()).containsOnlyKeys(0, 1);
    assertThat(driver.copy().value()).isEqualTo(driver.value());
  }
}
