package io.dialogbert.example;

/**
 * Tokens of an example after masking. The arrays belong to the record; nobody may change them.
 *
 * @param inputIds int32 [T]; what the model sees
 * @param maskedLmPositions int32 [P], ascending; where it is asked for the original token
 * @param maskedLmIds int32 [P]; the original tokens
 */
public record MaskedInput(int[] inputIds, int[] maskedLmPositions, int[] maskedLmIds) {
  public MaskedInput {
    if (maskedLmPositions.length != maskedLmIds.length) {
      throw new IllegalArgumentException(
          "masked positions and ids must be equally many, are "
              + maskedLmPositions.length
              + " and "
              + maskedLmIds.length);
    }
  }
}
