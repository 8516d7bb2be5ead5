package io.dialogbert.dialogue;

import java.io.Serializable;
import java.util.EnumMap;
import java.util.Map;

/**
 * What went into dialogues and what did not. Always: messages = messages in dialogues + dropped.
 * Not thread-safe.
 */
public final class DialogueTally implements Serializable {
  private long messages;
  private long messagesKept;
  private long turns;
  private long dialogues;
  private final Map<DropReason, Long> dropped = new EnumMap<>(DropReason.class);

  void read() {
    messages++;
  }

  void kept(int numMessages, int numTurns) {
    messagesKept += numMessages;
    turns += numTurns;
    dialogues++;
  }

  void dropped(DropReason reason, int numMessages) {
    dropped.merge(reason, (long) numMessages, Long::sum);
  }

  /** Adds what another one counted. */
  public void merge(DialogueTally other) {
    messages += other.messages;
    messagesKept += other.messagesKept;
    turns += other.turns;
    dialogues += other.dialogues;
    other.dropped.forEach((reason, count) -> dropped.merge(reason, count, Long::sum));
  }

  /** Messages read so far, those of a session that is still open included. */
  public long messages() {
    return messages;
  }

  /** Messages that are in dialogues. */
  public long messagesKept() {
    return messagesKept;
  }

  public long turns() {
    return turns;
  }

  public long dialogues() {
    return dialogues;
  }

  /** Messages dropped, by reason; reasons without a message are absent. */
  public Map<DropReason, Long> dropped() {
    return Map.copyOf(dropped);
  }
}
