package io.dialogbert.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PackedBatchTest {
  private static final int[] NONE = {};

  private static PackedBatch two() {
    PackedBatch.Builder builder = PackedBatch.builder();
    assertThat(builder.add(new int[] {2, 7, 3}, new int[] {0, 0, 1}, new int[] {0, 1, 1})).isZero();
    assertThat(builder.add(new int[] {2, 8}, new int[] {0, 1}, new int[] {0, 0})).isEqualTo(3);
    return builder.build();
  }

  @Test
  void laysSequencesEndToEnd() {
    PackedBatch batch = two();
    PackedBatch expected =
        new PackedBatch(
            new int[] {2, 7, 3, 2, 8},
            new int[] {0, 1, 2, 0, 1},
            new int[] {0, 0, 1, 0, 1},
            new int[] {0, 1, 1, 0, 0},
            new int[] {0, 3, 5},
            NONE,
            Map.of());
    assertThat(batch).usingRecursiveComparison().isEqualTo(expected);
    assertThat(batch.firstRows()).containsExactly(0, 3);
    assertThat(batch.sequenceOfRows()).containsExactly(0, 0, 0, 1, 1);
    assertThat(batch.maxLength()).isEqualTo(3);
  }

  /** Each part has the targets of its own sequences, at the places they have in the part. */
  @Test
  void targetsAreDividedWithTheirSequences() {
    PackedBatch batch =
        two()
            .with("a", new Target.Classes(new int[] {4, 5}))
            .with("a", new Target.SoftClasses(new float[][] {{1}, {2}}))
            .with("a", new Target.SoftOutputs(new float[][] {{3}}))
            .with("b", new Target.TokenClasses(new int[] {1, 3, 4}, new int[] {7, 8, 9}))
            .with("c", new Target.Scores(new float[] {0.5f, 0.25f}))
            .with("d", new Target.Spans(new int[] {0, 3}, new int[] {2, 4}))
            .with("e", new Target.Groups(new int[] {2}, new int[] {1}))
            .with("f", new Target.Pairs(new int[] {3}))
            .withMarks(new int[] {0, 1, 3, 4});
    List<PackedBatch> parts = batch.split(2);
    PackedBatch second = parts.get(1);
    assertThat(second.target("a", Target.Classes.class).orElseThrow().labels()).containsExactly(5);
    assertThat(second.target("a", Target.SoftClasses.class).orElseThrow().logits())
        .isDeepEqualTo(new float[][] {{2}});
    assertThat(parts.get(0).target("a", Target.SoftOutputs.class).orElseThrow().outputs())
        .isDeepEqualTo(new float[][] {{3}});
    assertThat(second.target("a", Target.SoftOutputs.class).orElseThrow().outputs()).isEmpty();
    Target.TokenClasses tokens = second.target("b", Target.TokenClasses.class).orElseThrow();
    assertThat(tokens.rows()).containsExactly(0, 1);
    assertThat(tokens.labels()).containsExactly(8, 9);
    assertThat(second.target("c", Target.Scores.class).orElseThrow().scores())
        .containsExactly(0.25f);
    Target.Spans spans = second.target("d", Target.Spans.class).orElseThrow();
    assertThat(spans.firstRows()).containsExactly(0);
    assertThat(spans.lastRows()).containsExactly(1);
    assertThat(second.markedRows()).containsExactly(0, 1);
    assertThat(parts.get(0).markedRows()).containsExactly(0, 1);
    for (PackedBatch part : parts) {
      assertThat(part.target("e", Target.Groups.class)).isEmpty();
      assertThat(part.target("f", Target.Pairs.class)).isEmpty();
    }
    assertThat(batch.splitBySequences(2)).containsExactly(batch);
  }

  @Test
  void partsOfTokenClassesHoldEachOnce() {
    SplittableRandom random = new SplittableRandom(ModelFixtures.SEED);
    EncoderConfig config = ModelFixtures.tinyConfig(0);
    for (int round = 0; round < 200; round++) {
      int[] lengths = random.ints(1 + random.nextInt(20), 1, 10).toArray();
      PackedBatch batch = ModelFixtures.batch(config, 2, random.nextLong(), lengths);
      int count =
          batch.split(1 + random.nextInt(6)).stream()
              .mapToInt(part -> ModelFixtures.masked(part).rows().length)
              .sum();
      assertThat(count)
          .as("seed %d, round %d", ModelFixtures.SEED, round)
          .isEqualTo(ModelFixtures.masked(batch).rows().length);
    }
  }

  @Test
  void namesWhatDoesNotFitTogether() {
    int[] one = {1};
    int[] offsets = {0, 1};
    assertThatThrownBy(() -> new PackedBatch(one, one, one, NONE, offsets, NONE, Map.of()))
        .hasMessage("turnIds is 0 long, expected 1");
    assertThatThrownBy(() -> new PackedBatch(one, one, one, one, offsets, one, Map.of()))
        .hasMessage("markedRows is 1 long, expected 2");
    assertThatThrownBy(() -> PackedBatch.builder().build())
        .hasMessageContaining("at least one sequence");
    PackedBatch.Builder empty = PackedBatch.builder();
    empty.add(NONE, NONE, NONE);
    assertThatThrownBy(empty::build).hasMessage("sequence 0 is empty");
    PackedBatch batch = two();
    assertThatThrownBy(() -> batch.with("a", new Target.TokenClasses(new int[] {5}, one)))
        .hasMessageContaining("batch's 5 rows; number 0 is 5");
    assertThatThrownBy(() -> batch.with("a", new Target.TokenClasses(new int[] {1, 1}, one)))
        .hasMessage("token classes are 1, expected 2");
    assertThatThrownBy(() -> batch.with("a", new Target.Classes(one)))
        .hasMessage("classes are 1, expected 2");
    assertThatThrownBy(() -> batch.with("a", new Target.Scores(new float[3])))
        .hasMessage("scores are 3, expected 2");
    assertThatThrownBy(() -> batch.with("a", new Target.SoftClasses(new float[1][])))
        .hasMessage("soft classes are 1, expected 2");
    assertThatThrownBy(() -> batch.with("a", new Target.Spans(new int[] {1, 3}, new int[] {0, 4})))
        .hasMessage("span 0 from row 1 to 0 is outside its sequence's rows 0 to 2");
    assertThatThrownBy(() -> batch.with("a", new Target.Spans(new int[] {0, 2}, new int[] {1, 4})))
        .hasMessage("span 1 from row 2 to 4 is outside its sequence's rows 3 to 4");
    assertThatThrownBy(() -> batch.with("a", new Target.Spans(new int[] {0, 3}, new int[] {3, 4})))
        .hasMessage("span 0 from row 0 to 3 is outside its sequence's rows 0 to 2");
    assertThatThrownBy(() -> batch.withMarks(new int[] {0, 3, 3, 4}))
        .hasMessage("marked row 3 is outside sequence 0");
    assertThatThrownBy(() -> batch.withMarks(new int[] {0, 1, 3, 5}))
        .hasMessage("marked row 5 is outside sequence 1");
    assertThatThrownBy(() -> batch.with("a", new Target.Groups(new int[] {3}, new int[] {0})))
        .hasMessage("sizes of groups together are 3, expected 2");
    assertThatThrownBy(() -> batch.with("a", new Target.Groups(new int[] {2}, new int[] {2})))
        .hasMessage("group 0 has answer 2 of 2 candidates");
    assertThatThrownBy(() -> batch.with("a", new Target.Pairs(new int[2])))
        .hasMessage("sequences of pairs are 4, expected 2");
    PackedBatch labeled = batch.with("a", new Target.Classes(new int[2]));
    assertThatThrownBy(() -> labeled.with("a", new Target.Classes(new int[2])))
        .hasMessage("head a has Classes already");
  }
}
