package io.dialogbert.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class PretrainExampleTest {
  private static final int[] IDS = {2, 10, 3, 11, 3};
  private static final int[] SEGMENTS = {0, 0, 0, 1, 1};
  private static final int[] NONE = {};

  @Test
  void refusesIdsWithoutFrame() {
    assertThatThrownBy(() -> example(new int[] {10, 3}, new int[2], new int[2], 0, NONE, NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("input_ids must start with [CLS] and end with [SEP]: example e");
    assertThatThrownBy(() -> example(NONE, NONE, NONE, 0, NONE, NONE))
        .hasMessageContaining("must start with [CLS]");
  }

  @Test
  void refusesUnequalLengths() {
    assertThatThrownBy(() -> example(IDS, new int[4], SEGMENTS, 0, NONE, NONE))
        .hasMessage(
            "input_ids, segment_ids and turn_ids must be equally long, are 5, 4 and 5: example e");
  }

  @Test
  void refusesIdsOutOfRange() {
    assertThatThrownBy(() -> example(IDS, new int[] {0, 0, 2, 1, 1}, SEGMENTS, 0, NONE, NONE))
        .hasMessage(
            "input_ids must not be negative, segment_ids and turn_ids must be 0 or 1: position 2, example e");
    assertThatThrownBy(() -> example(IDS, SEGMENTS, new int[] {0, 0, 0, -1, 1}, 0, NONE, NONE))
        .hasMessageContaining("position 3");
    assertThatThrownBy(
            () -> example(new int[] {2, -1, 3, 11, 3}, SEGMENTS, SEGMENTS, 0, NONE, NONE))
        .hasMessageContaining("position 1");
  }

  @Test
  void refusesAnUnknownLabel() {
    assertThatThrownBy(() -> example(IDS, SEGMENTS, SEGMENTS, 2, NONE, NONE))
        .hasMessage("next_sentence_label must be -1, 0 or 1, is 2: example e");
  }

  @Test
  void refusesMasksThatDoNotFit() {
    assertThatThrownBy(() -> example(IDS, SEGMENTS, SEGMENTS, 0, new int[] {1}, NONE))
        .hasMessage(
            "masked_lm_positions and masked_lm_ids must be equally long, are 1 and 0: example e");
    assertThatThrownBy(
            () -> example(IDS, SEGMENTS, SEGMENTS, 0, new int[] {3, 1}, new int[] {11, 10}))
        .hasMessage("masked_lm_positions must ascend within [0, 5): position 1, example e");
    assertThatThrownBy(() -> example(IDS, SEGMENTS, SEGMENTS, 0, new int[] {5}, new int[] {11}))
        .hasMessageContaining("position 5");
  }

  @Test
  void takesStaticMasks() {
    PretrainExample masked =
        example(IDS, SEGMENTS, SEGMENTS, 1, NONE, NONE)
            .withMasks(
                "e-1", new MaskedInput(new int[] {2, 4, 3, 11, 3}, new int[] {1}, new int[] {10}));

    assertThat(masked)
        .usingRecursiveComparison()
        .isEqualTo(
            new PretrainExample(
                "e-1",
                List.of("d"),
                "ko",
                "train",
                new int[] {2, 4, 3, 11, 3},
                SEGMENTS,
                SEGMENTS,
                1,
                new int[] {1},
                new int[] {10}));
  }

  private static PretrainExample example(
      int[] inputIds, int[] segmentIds, int[] turnIds, int label, int[] positions, int[] ids) {
    return new PretrainExample(
        "e", List.of("d"), "ko", "train", inputIds, segmentIds, turnIds, label, positions, ids);
  }
}
