package io.dialogbert.dialogue;

import java.io.Serializable;
import java.util.EnumMap;
import java.util.Map;

/**
 * Counts the messages that went into dialogues and those that did not. Invariant: messages =
 * messages in dialogues + left open + dropped. Not thread-safe.
 */
public final class DialogueTally implements Serializable {
  private long messages;
  private long messagesKept;
  private long messagesLeft;
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

  void left(int numMessages) {
    messagesLeft += numMessages;
  }

  void dropped(DropReason reason, int numMessages) {
    dropped.merge(reason, (long) numMessages, Long::sum);
  }

  /** Adds another tally's counts. */
  public void merge(DialogueTally other) {
    messages += other.messages;
    messagesKept += other.messagesKept;
    messagesLeft += other.messagesLeft;
    turns += other.turns;
    dialogues += other.dialogues;
    other.dropped.forEach((reason, count) -> dropped.merge(reason, count, Long::sum));
  }

  /** Messages read so far, including those of an open session. */
  public long messages() {
    return messages;
  }

  /** Messages that are in dialogues. */
  public long messagesKept() {
    return messagesKept;
  }

  /** Messages of dialogues that may go on. */
  public long messagesLeft() {
    return messagesLeft;
  }

  long turns() {
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
