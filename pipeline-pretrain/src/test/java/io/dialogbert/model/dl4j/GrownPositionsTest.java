package io.dialogbert.model.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogbert.common.BadInputException;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.ModelFixtures;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.head.ModelConfig;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.schedule.FixedSchedule;

class GrownPositionsTest {
  private static final int POSITIONS = 9;
  private static final int MORE = 12;

  private static final EncoderConfig SHORT = ModelFixtures.tinyConfig(0.2);

  private static ComputationGraph graph(ModelConfig model, long seed) {
    return Graphs.create(
        model,
        new TrainingSettings(
            new FixedSchedule(1e-3), 0.01, 0.9, 0.999, 1e-6, 1, TrainingSettings.Optimizer.ADAMW),
        seed);
  }

  @Test
  void aModelWhosePositionsGrewGivesTheSameLosses() {
    assertThat(SHORT.maxPositionEmbeddings()).isEqualTo(POSITIONS);
    ComputationGraph had = graph(ModelFixtures.pretraining(SHORT), 1);
    ComputationGraph has =
        graph(ModelFixtures.pretraining(SHORT.withMaxPositionEmbeddings(MORE)), 2);
    Graphs.copyParameters(had, has);
    PackedBatch batch = ModelFixtures.batch(SHORT, 2, ModelFixtures.SEED, POSITIONS, 1, 5);
    assertThat(Graphs.score(has, batch)).isEqualTo(Graphs.score(had, batch));
    Graphs.setDropoutSeed(had, 7);
    Graphs.setDropoutSeed(has, 7);
    assertThat(Graphs.fit(has, batch)).isEqualTo(Graphs.fit(had, batch));
    // The further positions work, too.
    PackedBatch longer =
        ModelFixtures.batch(
            SHORT.withMaxPositionEmbeddings(MORE), 2, ModelFixtures.SEED, MORE, MORE);
    assertThat(Graphs.score(has, longer).means().values()).allMatch(Double::isFinite);
  }

  /** A task takes the encoder's positions as they are. */
  @Test
  void aClassifierOnFewPositionsRefusesLongerExamples() {
    ComputationGraph classifier = graph(ModelFixtures.classifier(SHORT, 3), 1);
    Graphs.copyEncoder(graph(ModelFixtures.pretraining(SHORT), 1), classifier);
    int[] ids = IntStream.generate(() -> 7).limit(POSITIONS + 1).toArray();
    PackedBatch batch = ModelFixtures.classified(new ModelFixtures.Sequences().add(ids, 0).build());
    assertThatThrownBy(() -> Graphs.fit(classifier, batch))
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            "a sequence has 10 tokens, more than the encoder's max-position-embeddings = 9; build the examples with a smaller max-sequence-length, or pretrain an encoder of more positions");
  }
}
