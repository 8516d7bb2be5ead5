package io.dialogbert.job.ingest.read;

import java.util.Locale;

/** The fields of a raw message, in the order in which they are checked. */
public enum RawField {
  LANG,
  CONVERSATION_ID,
  MESSAGE_ID,
  SENDER_ID,
  SENT_AT,
  TEXT,
  SOURCE,
  SENDER_NAME;

  /** The setting with the field's name in the input. */
  public String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  boolean isId() {
    return this == CONVERSATION_ID || this == MESSAGE_ID || this == SENDER_ID;
  }
}
