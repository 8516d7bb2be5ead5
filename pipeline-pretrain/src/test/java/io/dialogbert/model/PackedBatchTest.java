package io.dialogbert.model;

import static io.dialogbert.model.PackedBatch.NO_TEACHER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogbert.model.dl4j.BatchArrays;
import org.junit.jupiter.api.Test;

class PackedBatchTest {
  private static final int[] NONE = {};

  @Test
  void laysSequencesEndToEnd() {
    PackedBatch batch =
        PackedBatch.builder()
            .addMasked(
                new int[] {2, 7, 3},
                new int[] {0, 0, 1},
                new int[] {0, 1, 1},
                new int[] {1},
                new int[] {9},
                1)
            .addMasked(
                new int[] {2, 8},
                new int[] {0, 1},
                new int[] {0, 0},
                new int[] {0, 1},
                new int[] {5, 6},
                0)
            .build();
    PackedBatch expected =
        new PackedBatch(
            new int[] {2, 7, 3, 2, 8},
            new int[] {0, 1, 2, 0, 1},
            new int[] {0, 0, 1, 0, 1},
            new int[] {0, 1, 1, 0, 0},
            new int[] {0, 3, 5},
            new int[] {1, 3, 4},
            new int[] {9, 5, 6},
            new int[] {1, 0},
            NO_TEACHER);
    assertThat(batch).usingRecursiveComparison().isEqualTo(expected);
    assertThat(batch.firstRows()).containsExactly(0, 3);
    assertThat(batch.maxLength()).isEqualTo(3);
  }

  @Test
  void survivesTheArraysThatDl4jPassesAround() {
    PackedBatch batch =
        ModelFixtures.batch(ModelFixtures.tinyConfig(0), 2, ModelFixtures.SEED, 7, 3, 9, 1);
    assertThat(
            BatchArrays.unpackPretraining(
                BatchArrays.features(batch), BatchArrays.pretrainingLabels(batch)))
        .usingRecursiveComparison()
        .isEqualTo(batch);
  }

  @Test
  void namesWhatDoesNotFitTogether() {
    int[] one = {1};
    assertThatThrownBy(
            () ->
                new PackedBatch(
                    one, one, one, NONE, new int[] {0, 1}, NONE, NONE, NONE, NO_TEACHER))
        .hasMessage("turnIds is 0 long, expected 1");
    assertThatThrownBy(
            () -> new PackedBatch(one, one, one, one, new int[] {0, 1}, one, one, NONE, NO_TEACHER))
        .hasMessageContaining("batch's 1 rows; number 0 is 1");
    assertThatThrownBy(
            () ->
                new PackedBatch(
                    one, one, one, one, new int[] {0, 1}, NONE, NONE, new int[] {0, 1}, NO_TEACHER))
        .hasMessage("labels is 2 long, expected 1");
    assertThatThrownBy(() -> PackedBatch.builder().add(NONE, NONE, NONE).build())
        .hasMessage("sequence 0 is empty");
    assertThatThrownBy(() -> PackedBatch.builder().build())
        .hasMessageContaining("at least one sequence");
    assertThatThrownBy(() -> PackedBatch.builder().addMasked(one, one, one, one, one, 0))
        .hasMessage("masked position 1 lies outside a sequence of 1 tokens");
  }
}
