package io.dialogbert.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogbert.common.BadInputException;
import io.dialogbert.model.head.DataParallel;
import io.dialogbert.model.head.ModelConfig;
import io.dialogbert.model.kernel.Dropout;
import io.dialogbert.model.kernel.DropoutSeeds;
import io.dialogbert.model.kernel.Threads;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

class DataParallelTest {
  private static final EncoderConfig CONFIG = ModelFixtures.tinyConfig(0);
  private static final ModelConfig MODEL = ModelFixtures.pretraining(CONFIG);

  @AfterEach
  void useOneThreadAgain() {
    Threads.use(1);
  }

  private static DataParallel networks() {
    return ModelFixtures.networks(
        MODEL, ModelFixtures.parameters(MODEL.layout(), DataType.DOUBLE, ModelFixtures.SEED));
  }

  private static INDArray gradient(int threads, PackedBatch batch) {
    return gradient(threads, Integer.MAX_VALUE, batch);
  }

  private static INDArray gradient(int threads, int maxSequences, PackedBatch batch) {
    Threads.use(threads);
    INDArray gradient = ModelFixtures.gradient(MODEL, DataType.DOUBLE);
    networks().gradient(batch, 0, maxSequences, DropoutSeeds.OFF, gradient);
    return gradient;
  }

  @Test
  void theSumOfThePartsIsTheGradientOfTheWhole() {
    PackedBatch batch = ModelFixtures.batch(CONFIG, 2, ModelFixtures.SEED, 7, 3, 9, 1, 4);
    INDArray whole = gradient(1, batch);
    for (int threads : new int[] {2, 3, 5, 8}) {
      double difference =
          gradient(threads, batch).sub(whole).norm2Number().doubleValue()
              / whole.norm2Number().doubleValue();
      assertThat(difference)
          .as("%d threads, seed %d", threads, ModelFixtures.SEED)
          .isLessThan(1e-12);
    }
  }

  @Test
  void partsThatFollowOneAnotherAddUpToTheWhole() {
    PackedBatch batch = ModelFixtures.batch(CONFIG, 2, ModelFixtures.SEED, 7, 3, 9, 1, 4);
    INDArray whole = gradient(1, batch);
    for (int threads : new int[] {1, 2}) {
      for (int maxSequences : new int[] {1, 2, 4, 5}) {
        double difference =
            gradient(threads, maxSequences, batch).sub(whole).norm2Number().doubleValue()
                / whole.norm2Number().doubleValue();
        assertThat(difference)
            .as("%d threads, %d at once, seed %d", threads, maxSequences, ModelFixtures.SEED)
            .isLessThan(1e-12);
      }
    }
  }

  /** Holds for any lengths, even if many short sequences could share a part. */
  @Test
  void noMoreSequencesAreInThePassThanWasAskedFor() {
    SplittableRandom random = new SplittableRandom(ModelFixtures.SEED);
    for (int round = 0; round < 200; round++) {
      int[] lengths = random.ints(1 + random.nextInt(40), 1, 10).toArray();
      // Groups the short ones: parts of equally many tokens would hold too many of them.
      Arrays.sort(lengths);
      PackedBatch batch = ModelFixtures.batch(CONFIG, 2, random.nextLong(), lengths);
      int most = 1 + random.nextInt(lengths.length + 3);
      List<Integer> sizes =
          batch.splitBySequences(most).stream().map(PackedBatch::numSequences).toList();
      assertThat(sizes)
          .as("at most %d, seed %d, round %d", most, ModelFixtures.SEED, round)
          .hasSize((lengths.length - 1) / most + 1)
          .allMatch(size -> size > 0 && size <= most);
      assertThat(sizes.stream().mapToInt(size -> size).sum()).isEqualTo(lengths.length);
    }
  }

  @Test
  void partsKeepEverySequenceInOrderAndShareTokensOut() {
    SplittableRandom random = new SplittableRandom(ModelFixtures.SEED);
    for (int round = 0; round < 200; round++) {
      int[] lengths = random.ints(1 + random.nextInt(20), 1, 10).toArray();
      PackedBatch batch = ModelFixtures.batch(CONFIG, 2, random.nextLong(), lengths);
      int numParts = 1 + random.nextInt(6);
      List<PackedBatch> parts = batch.split(numParts);
      assertThat(parts).hasSize(Math.min(numParts, lengths.length));
      int sequence = 0;
      for (PackedBatch part : parts) {
        for (int b = 0; b < part.numSequences(); b++) {
          assertThat(ModelFixtures.single(part, b))
              .as("seed %d, round %d", ModelFixtures.SEED, round)
              .usingRecursiveComparison()
              .isEqualTo(ModelFixtures.single(batch, sequence++));
        }
      }
      assertThat(sequence).isEqualTo(lengths.length);
    }
    List<PackedBatch> halves =
        ModelFixtures.batch(CONFIG, 2, ModelFixtures.SEED, 9, 1, 1, 1, 1, 1, 1, 1, 1, 1).split(2);
    assertThat(halves).extracting(PackedBatch::numTokens).containsExactly(9, 9);
  }

  @Test
  void partsDrawMasksOfTheirOwn() {
    DropoutSeeds seeds = DropoutSeeds.of(ModelFixtures.SEED, 3);
    assertThat(seeds.part(0).at(1, 0.1)).isEqualTo(seeds.at(1, 0.1));
    assertThat(seeds.part(1).at(1, 0.1)).isNotEqualTo(seeds.at(1, 0.1));
    assertThat(DropoutSeeds.OFF.part(1).at(1, 0.1)).isEqualTo(Dropout.NONE);
  }

  @Test
  void anErrorInAPartReachesTheCaller() {
    PackedBatch batch =
        new ModelFixtures.Sequences().add(new int[] {1}, 0).add(new int[] {13}, 0).build();
    assertThatThrownBy(() -> gradient(2, batch))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("token id 13 is outside 0..12");
  }
}
