package io.dialogbert.dialogue;

import io.dialogbert.common.Seeds;
import java.io.Serializable;
import java.util.List;

/**
 * Assigns each conversation to a split by a hash of its id, so no conversation is in two.
 *
 * @param seed another seed gives other splits
 * @param validationRatio share of conversations in {@code validation}, in [0, 1]
 * @param testRatio share of conversations in {@code test}, in [0, 1]; the rest is {@code train}
 */
public record Splits(long seed, double validationRatio, double testRatio) implements Serializable {
  public static final String TRAIN = "train";
  public static final String VALIDATION = "validation";
  public static final String TEST = "test";

  /** All splits. Tables and counts list each, even an empty one. */
  public static final List<String> ALL = List.of(TRAIN, VALIDATION, TEST);

  public Splits {
    if (!(validationRatio >= 0 && testRatio >= 0 && validationRatio + testRatio <= 1)) {
      throw new IllegalArgumentException(
          "validation-ratio = "
              + validationRatio
              + " and test-ratio = "
              + testRatio
              + " must be at least 0, and at most 1 together");
    }
  }

  /** The split of a conversation, or of another group that must not be in two. */
  public String of(String conversationId) {
    double fraction = Seeds.fraction(seed, "split", conversationId);
    if (fraction < testRatio) {
      return TEST;
    }
    return fraction < testRatio + validationRatio ? VALIDATION : TRAIN;
  }
}
