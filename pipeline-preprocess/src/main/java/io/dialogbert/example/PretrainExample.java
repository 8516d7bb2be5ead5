package io.dialogbert.example;

import static java.util.Objects.requireNonNull;

import io.dialogbert.text.piece.SpecialTokens;
import java.util.List;

/**
 * One pretraining example, without padding. A pair is {@code [CLS] turn [SEPT] turn [SEP] turn
 * [SEPT] turn [SEP]}. Full sentences without a pair are {@code [CLS] turn [SEPT] turn [SEPT] turn
 * [SEP]}, with another {@code [SEP]} between dialogues. The example owns the arrays; nobody may
 * change them.
 *
 * @param exampleId unique; the same in every run
 * @param dialogueIds dialogues of its turns, in order of their first turn
 * @param lang ISO 639-1 code
 * @param split {@code train}, {@code validation} or {@code test}
 * @param inputIds int32 [T]; with static masking, the masked tokens are already replaced
 * @param segmentIds int32 [T]; in a pair, 0 up to and including the first {@code [SEP]}, then 1;
 *     without a pair, all 0
 * @param turnIds int32 [T]; 0 for the first turn, then 1, 0, 1 and so on; a separator belongs to
 *     the preceding turn; all 0 without turn embeddings
 * @param nextSentenceLabel 0 = the second part truly follows, 1 = it is from another dialogue, -1 =
 *     there is no pair
 * @param maskedLmPositions int32 [P], ascending, in [0, T); empty with dynamic masking
 * @param maskedLmIds int32 [P]; the original tokens
 */
public record PretrainExample(
    String exampleId,
    List<String> dialogueIds,
    String lang,
    String split,
    int[] inputIds,
    int[] segmentIds,
    int[] turnIds,
    int nextSentenceLabel,
    int[] maskedLmPositions,
    int[] maskedLmIds) {
  /** Label of a second part that truly follows. */
  public static final int FOLLOWS = 0;

  /** Label of a second part from another dialogue. */
  public static final int RANDOM = 1;

  /** Label of an example without a pair: there is nothing to predict. */
  public static final int NO_PAIR = -1;

  public PretrainExample {
    requireNonNull(exampleId, "exampleId");
    requireNonNull(lang, "lang");
    requireNonNull(split, "split");
    dialogueIds = List.copyOf(dialogueIds);
    if (dialogueIds.isEmpty()) {
      throw new IllegalArgumentException("dialogue_ids must not be empty: example " + exampleId);
    }
    int length = inputIds.length;
    if (length == 0
        || inputIds[0] != SpecialTokens.CLS
        || inputIds[length - 1] != SpecialTokens.SEP) {
      throw new IllegalArgumentException(
          "input_ids must start with [CLS] and end with [SEP]: example " + exampleId);
    }
    if (segmentIds.length != length || turnIds.length != length) {
      throw new IllegalArgumentException(
          "input_ids, segment_ids and turn_ids must be equally long, are %d, %d and %d: example %s"
              .formatted(length, segmentIds.length, turnIds.length, exampleId));
    }
    for (int i = 0; i < length; i++) {
      if (inputIds[i] < 0 || (segmentIds[i] | turnIds[i]) >>> 1 != 0) {
        throw new IllegalArgumentException(
            "input_ids must not be negative, segment_ids and turn_ids must be 0 or 1: position %d, example %s"
                .formatted(i, exampleId));
      }
    }
    if (nextSentenceLabel < NO_PAIR || nextSentenceLabel > RANDOM) {
      throw new IllegalArgumentException(
          "next_sentence_label must be -1, 0 or 1, is %d: example %s"
              .formatted(nextSentenceLabel, exampleId));
    }
    if (maskedLmPositions.length != maskedLmIds.length) {
      throw new IllegalArgumentException(
          "masked_lm_positions and masked_lm_ids must be equally long, are %d and %d: example %s"
              .formatted(maskedLmPositions.length, maskedLmIds.length, exampleId));
    }
    int previous = -1;
    for (int position : maskedLmPositions) {
      if (position <= previous || position >= length) {
        throw new IllegalArgumentException(
            "masked_lm_positions must ascend within [0, %d): position %d, example %s"
                .formatted(length, position, exampleId));
      }
      previous = position;
    }
  }

  /** The dialogue of the first turn. */
  public String dialogueId() {
    return dialogueIds.get(0);
  }

  /** Number of tokens, special tokens included. */
  public int length() {
    return inputIds.length;
  }

  /**
   * This example with static masks.
   *
   * @param maskedId id of the result; one example may be stored with several masks
   * @param masked result of {@link Masking} for {@link #inputIds}
   */
  public PretrainExample withMasks(String maskedId, MaskedInput masked) {
    return new PretrainExample(
        maskedId,
        dialogueIds,
        lang,
        split,
        masked.inputIds(),
        segmentIds,
        turnIds,
        nextSentenceLabel,
        masked.maskedLmPositions(),
        masked.maskedLmIds());
  }
}
