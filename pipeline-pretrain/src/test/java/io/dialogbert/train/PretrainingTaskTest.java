package io.dialogbert.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogbert.common.BadInputException;
import io.dialogbert.example.PretrainExample;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.Target;
import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.model.head.Head;
import java.util.List;
import org.apache.commons.lang3.ArrayUtils;
import org.deeplearning4j.nn.graph.ComputationGraph;
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

    PackedBatch batch = task.batch(examples, place -> place < 20 ? 3 : 4);
    assertThat(batch.inputIds())
        .as("repeat with -Dtests.seed=" + SEED)
        .isEqualTo(
            ArrayUtils.addAll(
                task.batch(before, place -> 3).inputIds(),
                task.batch(after, place -> 4).inputIds()))
        .isNotEqualTo(task.batch(examples, place -> 3).inputIds());
  }

  /** A batch with only some pairs is not a batch of pairs. */
  @Test
  void targetsOfPairsAreThereIfExamplesArePairs() {
    TrainingConfig config = TinyExamples.training(10, 8, AveragingConfig.plain(2, 5), 0.01, 5);
    PretrainingTask task = TinyExamples.task(TinyExamples.network(config, SEED), SEED);
    List<PretrainExample> pairs = TinyExamples.examples(4, SEED);
    PackedBatch batch = task.batch(pairs, place -> 0);
    assertThat(batch.target(Head.NEXT_SENTENCE, Target.Classes.class).orElseThrow().labels())
        .containsExactly(pairs.stream().mapToInt(PretrainExample::nextSentenceLabel).toArray());
    assertThat(batch.target(Head.MASKED_LM, Target.TokenClasses.class).orElseThrow().rows())
        .hasSizeGreaterThanOrEqualTo(4);
    List<PretrainExample> alone = pairs.stream().map(PretrainingTaskTest::withoutPair).toList();
    assertThat(task.batch(alone, place -> 0).target(Head.NEXT_SENTENCE, Target.Classes.class))
        .isEmpty();
    List<PretrainExample> mixed = List.of(pairs.get(0), alone.get(1));
    ComputationGraph network = TinyExamples.network(config, SEED);
    assertThatThrownBy(() -> Graphs.score(network, task.batch(mixed, place -> 0)))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("label -1 of head cls.seq_relationship is outside 0..1");
  }

  private static PretrainExample withoutPair(PretrainExample example) {
    return new PretrainExample(
        example.exampleId(),
        example.dialogueIds(),
        example.lang(),
        example.split(),
        example.inputIds(),
        example.segmentIds(),
        example.turnIds(),
        PretrainExample.NO_PAIR,
        example.maskedLmPositions(),
        example.maskedLmIds());
  }
}
