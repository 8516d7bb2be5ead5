package io.dialogbert.preprocess;

/** Which messages the lists of users who consented, or asked for deletion, take away. */
public enum ConsentPolicy {
  /** Those of the users alone. */
  SENDER,
  /** All of each conversation that one of them sent something to. */
  ALL_PARTICIPANTS
}
