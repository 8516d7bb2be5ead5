package io.dialogbert.dialogue;

import java.util.Locale;

/** Why a message is not in any dialogue. */
public enum DropReason {
  /** Nothing is left of it after normalization. */
  EMPTY_TEXT,
  /** The messenger wrote it: somebody joined or left, a call ended. */
  SYSTEM_LINE,
  /** Nobody sent it: a row of the messenger's own, in a table that has a column for senders. */
  NO_SENDER,
  /** It stands for a photo, a video, a file or the like, without words. */
  MEDIA,
  /** It stands for a sticker. */
  STICKER,
  /** It stands for a message that was deleted or taken back. */
  DELETED,
  /** Its sender, or somebody in its conversation, has not consented. */
  NO_CONSENT,
  /** Its sender, or somebody in its conversation, asked for deletion. */
  DELETION_REQUESTED,
  /** Its sender sent the same text to too many conversations. */
  BROADCAST,
  /** A message with its id came before. */
  REPEATED_ID,
  /** A message of the same sender, time and text came before, under another id. */
  REPEATED_MESSAGE,
  /** Its session, or what is left of a long one after cutting, has one speaker only. */
  ONE_SPEAKER,
  /** Its session, or what is left of it, has too few turns. */
  FEW_TURNS;

  /** The name in tables and reports: {@code empty-text}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
