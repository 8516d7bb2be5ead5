package io.dialogbert.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.example.PretrainExample;
import io.dialogbert.model.PackedBatch;
import java.util.List;
import org.apache.commons.lang3.ArrayUtils;
import org.junit.jupiter.api.Test;

final class PretrainingTaskTest {
  private static final long SEED = Long.getLong("tests.seed", 20191029L);

  @Test
  void masksEachExampleAsInItsOwnEpoch() {
    TrainingConfig config = TinyExamples.training(10, 8, AveragingConfig.plain(2, 5), 0.01, 5);
    PretrainingTask task = TinyExamples.task(TinyExamples.network(config, SEED), SEED);
    List<PretrainExample> examples = TinyExamples.examples(40, SEED);
    List<PretrainExample> before = examples.subList(0, 20);
    List<PretrainExample> after = examples.subList(20, 40);

    PackedBatch batch = task.pack(examples, place -> place < 20 ? 3 : 4);
    assertThat(batch.inputIds())
        .as("repeat with -Dtests.seed=" + SEED)
        .isEqualTo(
            ArrayUtils.addAll(task.pack(before, 3).inputIds(), task.pack(after, 4).inputIds()))
        .isNotEqualTo(task.pack(examples, 3).inputIds());
  }
}
