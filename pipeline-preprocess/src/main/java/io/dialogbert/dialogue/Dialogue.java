package io.dialogbert.dialogue;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.List;

/**
 * Turns that belong together: one session of a conversation, or part of a long session.
 *
 * @param dialogueId unique; a conversation and first message give the same id in every run
 * @param conversationId the conversation that it comes from
 * @param lang language of its first message
 * @param split {@code train}, {@code validation} or {@code test}; see {@link Splits}
 * @param startedAt time of its first message
 * @param turns in order; adjacent turns have different speakers
 */
public record Dialogue(
    String dialogueId,
    String conversationId,
    String lang,
    String split,
    Instant startedAt,
    List<Turn> turns) {
  public Dialogue {
    requireNonNull(dialogueId, "dialogueId");
    requireNonNull(conversationId, "conversationId");
    requireNonNull(lang, "lang");
    requireNonNull(split, "split");
    requireNonNull(startedAt, "startedAt");
    turns = List.copyOf(turns);
    for (int i = 1; i < turns.size(); i++) {
      if (turns.get(i).speaker().equals(turns.get(i - 1).speaker())) {
        throw new IllegalArgumentException(
            "turns " + (i - 1) + " and " + i + " have the same speaker");
      }
    }
  }
}
