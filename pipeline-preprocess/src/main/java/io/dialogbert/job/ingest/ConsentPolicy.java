package io.dialogbert.job.ingest;

/** Which messages the lists of users who consented, or asked for deletion, take away. */
public enum ConsentPolicy {
  /** Those of the users alone. */
  SENDER("conversation_id", "sender_id"),
  /** All of each conversation that one of them sent something to. */
  ALL_PARTICIPANTS("conversation_id");

  private final String[] key;

  ConsentPolicy(String... key) {
    this.key = key;
  }

  /** The columns that messages which go or stay together share. */
  String[] key() {
    return key.clone();
  }
}
