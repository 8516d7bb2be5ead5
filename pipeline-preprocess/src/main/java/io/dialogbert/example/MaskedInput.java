package io.dialogbert.example;

/**
 * Tokens of an example after masking. The record owns the arrays; nobody may change them.
 *
 * @param inputIds int32 [T]; what the model sees
 * @param maskedLmPositions int32 [P], ascending; positions where the model predicts the original
 *     token
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
