package io.dialogbert.dialogue;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * Consecutive messages of one speaker.
 *
 * @param speaker sender of its messages
 * @param text the messages' texts, joined by a space
 * @param messageIds the messages' ids, in order; at least one
 */
public record Turn(String speaker, String text, List<String> messageIds) {
  public Turn {
    requireNonNull(speaker, "speaker");
    requireNonNull(text, "text");
    messageIds = List.copyOf(messageIds);
    if (messageIds.isEmpty()) {
      throw new IllegalArgumentException("a turn has at least one message");
    }
  }

  /** Sizes only, so that text and ids cannot reach a log through a turn's string form. */
  @Override
  public String toString() {
    return "Turn[messages " + messageIds.size() + ", length " + text.length() + "]";
  }
}
