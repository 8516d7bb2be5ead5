package io.dialogbert.job.ingest.read;

import io.dialogbert.dialogue.DropReason;
import java.util.Optional;

/**
 * A row that is not a message: a stable name for the reason, the rule without any value from the
 * row, and the participant, if known.
 */
public final class RejectedRow extends Exception {
  public final String reason;
  public final String rule;
  public final transient Optional<Participant> sender;

  /**
   * The sender of a row, if it can be read.
   *
   * @param name the display name; null if there is none
   */
  public record Participant(String conversationId, String senderId, String name) {}

  /** Whether the row has a sender field, even an empty one. */
  public final boolean hasSenderField;

  public RejectedRow(String reason, String rule) {
    this(reason, rule, Optional.empty(), true);
  }

  private RejectedRow(
      String reason, String rule, Optional<Participant> sender, boolean hasSenderField) {
    super(reason + ": " + rule, null, false, false);
    this.reason = reason;
    this.rule = rule;
    this.sender = sender;
    this.hasSenderField = hasSenderField;
  }

  /** A row that breaks no rule but has no sender: the messenger's own. */
  static RejectedRow systemRow(String rule, boolean hasSenderField) {
    return new RejectedRow(DropReason.NO_SENDER.label(), rule, Optional.empty(), hasSenderField);
  }

  /** Whether this is a {@link #systemRow}. */
  public boolean isSystemRow() {
    return reason.equals(DropReason.NO_SENDER.label());
  }

  /** The same rejection, with the participant who sent the row. */
  public RejectedRow of(Participant participant) {
    return new RejectedRow(reason, rule, Optional.of(participant), hasSenderField);
  }
}
