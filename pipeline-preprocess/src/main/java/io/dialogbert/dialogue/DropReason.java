package io.dialogbert.dialogue;

import java.util.Locale;

/** Why a message is not in any dialogue. */
public enum DropReason {
  /** Its text is empty after normalization. */
  EMPTY_TEXT,
  /** The messenger wrote it, for example because somebody joined or left, or a call ended. */
  SYSTEM_LINE,
  /** It has no sender: a row by the messenger itself, in a table with a sender column. */
  NO_SENDER,
  /** It stands for a photo, a video, a file or the like, without words. */
  MEDIA,
  /** It stands for a sticker. */
  STICKER,
  /** It stands for a deleted or unsent message. */
  DELETED,
  /** Its sender, or somebody in its conversation, has not consented. */
  NO_CONSENT,
  /** Its sender, or somebody in its conversation, asked for deletion. */
  DELETION_REQUESTED,
  /** Its sender sent the same text to too many conversations. */
  BROADCAST,
  /** An earlier message has the same id. */
  REPEATED_ID,
  /** An earlier message has the same sender, time and text under another id. */
  REPEATED_MESSAGE,
  /** Its session, or the rest of a long session after cutting, has only one speaker. */
  ONE_SPEAKER,
  /** Its session, or the rest of it, has too few turns. */
  FEW_TURNS;

  /** The name in tables and reports: {@code empty-text}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
