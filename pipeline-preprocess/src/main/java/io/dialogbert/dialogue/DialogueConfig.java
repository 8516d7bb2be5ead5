package io.dialogbert.dialogue;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;
import java.time.Duration;
import java.util.Locale;

/**
 * How messages become dialogues.
 *
 * @param sessionGap a longer silence ends a session
 * @param minTurns shorter dialogues are dropped; at least 2
 * @param maxTurns longer sessions are cut into consecutive dialogues of this many turns
 * @param maxMessages sessions are also cut after this many messages; bounds what one task holds in
 *     memory
 * @param splits assigns each conversation to a split
 */
public record DialogueConfig(
    Duration sessionGap, int minTurns, int maxTurns, int maxMessages, Splits splits)
    implements Serializable {
  public DialogueConfig {
    requireNonNull(sessionGap, "sessionGap");
    requireNonNull(splits, "splits");
    if (sessionGap.isNegative() || sessionGap.isZero()) {
      throw new IllegalArgumentException("session-gap must be longer than 0");
    }
    if (minTurns < 2 || maxTurns < minTurns || maxMessages < maxTurns) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "min-turns = %d must be at least 2 and at most max-turns = %d, and that at most max-messages = %d",
              minTurns,
              maxTurns,
              maxMessages));
    }
  }
}
