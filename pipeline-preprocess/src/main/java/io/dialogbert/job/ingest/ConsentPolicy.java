package io.dialogbert.job.ingest;

/** Which messages the consent and deletion lists exclude. */
public enum ConsentPolicy {
  /** Only the messages of the users themselves. */
  SENDER("conversation_id", "sender_id"),
  /** All messages of each conversation in which one of the users sent something. */
  ALL_PARTICIPANTS("conversation_id");

  private final String[] key;

  ConsentPolicy(String... key) {
    this.key = key;
  }

  /** The columns shared by messages that are kept or removed together. */
  String[] key() {
    return key.clone();
  }
}
